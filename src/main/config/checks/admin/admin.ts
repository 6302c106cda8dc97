// The settings of `admin`: where the gateway lets itself be looked at and commanded by HTTP, and by whom. It opens nothing. A
// place that others can reach without a token is refused by reach.ts.
import type { AdminOptions } from '../../../../protocol/admin-options.js';
import { asList } from '../../sources/text.js';
import { checkNetworks, NETWORKS_ALLOWED } from '../values/networks.js';
import { integer, orNone, type Setting } from '../values/setting.js';
import { checkHostNames, checkOrigins, HOST_NAMES_ALLOWED, ORIGINS_ALLOWED } from './callers.js';
import { checkAdminPlace, PLACE_ALLOWED } from './place.js';
import { checkToken, TOKEN_ALLOWED } from './token.js';
import { COLLECTOR_ALLOWED, checkCollector } from './traces.js';

type SettingsOf<T> = { readonly [Key in keyof T]: Setting<T[Key]> };

// biome-ignore format: a table, one key a line
export const ADMIN: SettingsOf<AdminOptions> = {
  listen: orNone({ doc: 'Where the gateway serves its dashboard, its API and its metrics by HTTP; null for nowhere. See [seeing it live](admin.md).', env: 'TCPROUTE_ADMIN_LISTEN', allowed: `${PLACE_ALLOWED}; null for nowhere`, check: checkAdminPlace }),
  token_file: orNone({ doc: 'A file whose text a client must show as a bearer token. A place that other machines can reach needs one.', env: 'TCPROUTE_ADMIN_TOKEN_FILE', allowed: `${TOKEN_ALLOWED}; null for none`, check: checkToken }),
  allow: { ...orNone({ doc: 'The networks that clients of it may come from; null for all. Others are closed at once. Clients of a Unix socket may always come.', env: 'TCPROUTE_ADMIN_ALLOW', allowed: `${NETWORKS_ALLOWED}; null for all`, check: checkNetworks }), fromText: asList },
  hosts: { doc: 'Names by which a browser may call it, beside `localhost` and addresses: any other name is refused, since it may be that of a site that points at this machine.', default: [], env: 'TCPROUTE_ADMIN_HOSTS', allowed: HOST_NAMES_ALLOWED, check: checkHostNames, fromText: asList, format: '*' },
  origins: { doc: 'Origins of pages of other places that may ask it, such as a dashboard for Clash: `"https://metacubex.github.io"`.', default: [], env: 'TCPROUTE_ADMIN_ORIGINS', allowed: ORIGINS_ALLOWED, check: checkOrigins, fromText: asList, format: '*' },
  traces_endpoint: orNone({ doc: 'A collector of OpenTelemetry that gets traces of races, by OTLP over HTTP in JSON; null for none. It needs `admin.listen`. See [traces](admin.md#traces).', env: 'TCPROUTE_ADMIN_TRACES_ENDPOINT', allowed: `${COLLECTOR_ALLOWED}; null for none`, check: checkCollector }),
  traces_percent: integer({ doc: 'Of so many connections in a hundred a trace is made when they end: at most 64 a second of each worker.', default: 10, env: 'TCPROUTE_ADMIN_TRACES_PERCENT', min: 1, max: 100 }),
};
