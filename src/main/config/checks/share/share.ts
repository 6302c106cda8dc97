// The settings of `share`: what the gateway shares with the others of its site, and over which engine. What must fit together is
// checked by settle.ts.
import type { EngineKind, OnLoss, ShareOptions } from '../../../../protocol/share-options.js';
import { asJson, asList, asText } from '../../sources/text.js';
import { flag } from '../values/flag.js';
import { choice, orNone, type Setting } from '../values/setting.js';
import {
  checkPem,
  checkSecret,
  checkSignKey,
  MADE_BY,
  PEM_ALLOWED,
  SECRET_ALLOWED,
  SIGN_KEY_ALLOWED,
} from './files.js';
import { checkGateways, GATEWAYS_ALLOWED } from './gateways.js';
import { checkSiteName, SITE_NAME_ALLOWED } from './names.js';
import { checkText, TEXT_ALLOWED } from './text.js';
import { checkEngineUrls, ENGINE_URLS_ALLOWED } from './url.js';

/** As the configuration has it: the gateway's own name may be missing. */
export type ShareSettings = Omit<ShareOptions, 'gateway'> & { readonly gateway: string | null };

type SettingsOf<T> = { readonly [Key in keyof T]: Setting<T[Key]> };

// biome-ignore format: a table, one key a line
export const SHARE: SettingsOf<ShareSettings> = {
  url: { ...orNone({ doc: 'The engine (Redis or Valkey, 7.0 or later) over which the gateways of a site share what they learn; null for none. See [gateways of a site](fleet.md).', env: 'TCPROUTE_SHARE_URL', allowed: `${ENGINE_URLS_ALLOWED}; null for none`, check: checkEngineUrls }), fromText: asList },
  kind: choice<EngineKind>({ doc: 'Whether `url` is one server, nodes of a cluster, or sentinels.', default: 'single', env: 'TCPROUTE_SHARE_KIND', choices: ['single', 'cluster', 'sentinel'] }),
  sentinel_name: orNone({ doc: 'The name of the master that the sentinels know.', env: 'TCPROUTE_SHARE_SENTINEL_NAME', allowed: `${TEXT_ALLOWED}; null for none`, check: checkText }),
  username: orNone({ doc: 'The user at the engine (ACL), where `url` has none. With sentinels, `url` has theirs.', env: 'TCPROUTE_SHARE_USERNAME', allowed: `${TEXT_ALLOWED}; null for none`, check: checkText }),
  password_file: orNone({ doc: 'A file with the password at the engine, where `url` has none. With sentinels, `url` has theirs.', env: 'TCPROUTE_SHARE_PASSWORD_FILE', allowed: 'the path of a file with a text; null for none', check: checkSecret(1) }),
  ca_file: orNone({ doc: 'A file of certificate authorities (PEM) that are trusted for the engine in place of the usual ones.', env: 'TCPROUTE_SHARE_CA_FILE', allowed: `${PEM_ALLOWED}; null for none`, check: checkPem }),
  cert_file: orNone({ doc: 'A certificate (PEM) that the gateway shows to the engine.', env: 'TCPROUTE_SHARE_CERT_FILE', allowed: `${PEM_ALLOWED}; null for none`, check: checkPem }),
  key_file: orNone({ doc: 'The private key (PEM) of `cert_file`.', env: 'TCPROUTE_SHARE_KEY_FILE', allowed: `${PEM_ALLOWED}; null for none`, check: checkSecret(1) }),
  tls_name: orNone({ doc: 'The name that the certificate of the engine must have, where it is not the host of `url`.', env: 'TCPROUTE_SHARE_TLS_NAME', allowed: `${TEXT_ALLOWED}; null for none`, check: checkText }),
  site: { doc: 'The name of the site: gateways with the same name and secret share.', default: 'main', env: 'TCPROUTE_SHARE_SITE', allowed: SITE_NAME_ALLOWED, check: checkSiteName, fromText: asText, format: '*' },
  gateway: orNone({ doc: 'The name of this gateway in its site; null for the name of the machine.', env: 'TCPROUTE_SHARE_GATEWAY', allowed: `${SITE_NAME_ALLOWED}; null for the name of the machine`, check: checkSiteName }),
  secret_file: orNone({ doc: 'A file with the secret of the site, by which all is sealed that goes to the engine. `url` needs it.', env: 'TCPROUTE_SHARE_SECRET_FILE', allowed: `${SECRET_ALLOWED}; null for none`, check: checkSecret(32, MADE_BY) }),
  sign_key_file: orNone({ doc: 'A file with the private key by which this gateway signs its news; null: it tells none.', env: 'TCPROUTE_SHARE_SIGN_KEY_FILE', allowed: `${SIGN_KEY_ALLOWED}; null for none`, check: checkSignKey }),
  gateways: { doc: 'All gateways of the site with their public keys, `{"a": "11qYAYKx…"}`: news of other gateways are ignored. With `sign_key_file` this gateway must be in it; alone, it tells news and believes none. `tcproute fleet key NAME` makes a key.', default: [], env: 'TCPROUTE_SHARE_GATEWAYS', allowed: GATEWAYS_ALLOWED, check: checkGateways, fromText: asJson, format: '*' },
  routes: flag({ doc: 'Whether routes are shared: a first contact begins with the line that works for another gateway.', default: true, env: 'TCPROUTE_SHARE_ROUTES' }),
  news: flag({ doc: 'Whether gateways tell each other of lines that are down and of bad addresses.', default: true, env: 'TCPROUTE_SHARE_NEWS' }),
  limits: flag({ doc: 'Whether limits of users and budgets of lines apply to all gateways of the site together.', default: false, env: 'TCPROUTE_SHARE_LIMITS' }),
  on_loss: choice<OnLoss>({ doc: 'What a limit of the site is while the engine is away: this gateway\'s part of it (`local-share`), all of it (`allow`), or nothing more (`deny`).', default: 'local-share', env: 'TCPROUTE_SHARE_ON_LOSS', choices: ['local-share', 'allow', 'deny'] }),
};
