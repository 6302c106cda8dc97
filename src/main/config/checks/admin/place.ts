// Checks where the gateway lets itself be looked at: a text, or an object with the mode of a Unix socket. It opens nothing.
import type { ListenPlace } from '../../../../protocol/listen-options.js';
import { inside } from '../../diagnostics/place.js';
import { checkMode, checkUnixPath } from '../listen/unix.js';
import { canonicalAddress } from '../values/address.js';
import type { Check } from '../values/setting.js';

export const PLACE_ALLOWED =
  'an address and a port, such as 127.0.0.1:9090 or [::1]:9090, or unix: and the path of a socket, or an object with unix and mode';
const UNIX = 'unix:';
/** Only its user may connect. */
const MODE_USUAL = 0o600;
const PORT_MAX = 65_535;

export const checkAdminPlace: Check<ListenPlace> = (value, place, diagnostics) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && 'unix' in value) {
    for (const key of Object.keys(value))
      if (key !== 'unix' && key !== 'mode') diagnostics.unknownKey(place, key, ['unix', 'mode']);
    const path = checkUnixPath(value.unix, inside(place, 'unix'), diagnostics);
    const mode = 'mode' in value ? checkMode(value.mode, inside(place, 'mode'), diagnostics) : MODE_USUAL;
    return path === undefined || mode === undefined ? undefined : { kind: 'unix', path, mode };
  }
  if (typeof value === 'string' && (value.startsWith(UNIX) || value.startsWith('/'))) {
    const path = checkUnixPath(value.startsWith('/') ? value : value.slice(UNIX.length), place, diagnostics);
    return path === undefined ? undefined : { kind: 'unix', path, mode: MODE_USUAL };
  }
  const internet = typeof value === 'string' ? parseAddress(value) : undefined;
  if (internet === undefined) diagnostics.reject(place, value, PLACE_ALLOWED);
  return internet;
};

function parseAddress(text: string): ListenPlace | undefined {
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = canonicalAddress(v6 ?? v4 ?? '');
  const port = Number(digits);
  if (host === undefined || host.includes(':') !== (v6 !== undefined) || port > PORT_MAX) return undefined;
  return { kind: 'internet', host, port };
}
