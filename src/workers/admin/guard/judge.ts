// Whether a request may be answered, by who asks and by what way: the client's network, the name by which it calls the gateway, the
// page that asks, and the token. What it asks for is not looked at, but for its path. Pure.
import { parseIp } from '../../../protocol/address/address.js';
import { isLocalhost } from '../../../protocol/address/host-name.js';
import { IpRanges } from '../../../protocol/address/ip-range.js';
import type { AdminOptions } from '../../../protocol/admin-options.js';
import { parseHost } from '../../../protocol/pac/asked-host.js';
import { isPacFile, needsToken } from './open-places.js';
import { bearerOf, isToken } from './token.js';

export interface Asking {
  /** The client's address; undefined for one of a Unix socket. */
  readonly address: string | undefined;
  readonly method: string;
  readonly path: string;
  /** What follows `token=` in the query. */
  readonly token: string | undefined;
  /** The value of a header by its name in lower case. */
  header(name: string): string | undefined;
}

export type Judged =
  | {
      readonly code: 'admitted';
      /** The origin of a page of another place that may read the answer. */
      readonly origin: string | undefined;
      /** It only asks whether it may ask (CORS preflight). */
      readonly isPreflight: boolean;
    }
  | {
      readonly code: 'refused';
      readonly status: 400 | 401 | 403;
      /** A sentence. */
      readonly error: string;
      readonly origin: string | undefined;
      /** It has shown a token that is not the gateway's. */
      readonly isWrongToken?: true;
    };

/** What of the options says who may ask. */
export type Guarding = Pick<AdminOptions, 'token_file' | 'allow' | 'hosts' | 'origins'>;

/**
 * The name by which browsers look for a PAC file. Any machine of the network can say that it has this name, so nothing else is
 * answered by it.
 */
const WPAD = 'wpad';

/** Whether a client may come at all. `address`: undefined for one of a Unix socket. */
export function mayCome(address: string | undefined, allow: readonly string[] | null): boolean {
  if (allow === null || address === undefined) return true;
  const ip = parseIp(address);
  return ip !== undefined && rangesOf(allow).hasClient(ip);
}

const known = new WeakMap<readonly string[], IpRanges>();

/** Made once for each configuration. */
function rangesOf(allow: readonly string[]): IpRanges {
  const ranges = known.get(allow) ?? IpRanges.of(allow);
  known.set(allow, ranges);
  return ranges;
}

export function judge(asking: Asking, options: Guarding): Judged {
  if (!mayCome(asking.address, options.allow)) return refused(403, 'clients of this network may not come here');
  const host = asking.header('host');
  const problem = hostProblem(host, asking.path, options.hosts);
  if (problem !== undefined) return problem;
  const origin = asking.header('origin');
  const isForeign = origin !== undefined && !isOwn(origin, host as string);
  if (isForeign && !options.origins.includes(origin)) {
    return refused(403, `pages of ${quoted(origin)} may not ask; admin.origins names those that may`);
  }
  if (origin === undefined && comesFromOtherSite(asking)) return refused(403, 'a page of another site asked for this');
  const reader = isForeign ? origin : undefined;
  if (asking.method === 'OPTIONS' && reader !== undefined && asking.header('access-control-request-method')) {
    return { code: 'admitted', origin: reader, isPreflight: true };
  }
  if (options.token_file === null || !needsToken(asking.path)) {
    return { code: 'admitted', origin: reader, isPreflight: false };
  }
  const shown = tokenOf(asking);
  if (shown === undefined) {
    return refused(401, 'the token is needed: Authorization: Bearer TOKEN, with the text of admin.token_file', reader);
  }
  if (!isToken(shown, options.token_file.token)) {
    const error = 'the token is not the text of admin.token_file';
    return { code: 'refused', status: 401, error, origin: reader, isWrongToken: true };
  }
  return { code: 'admitted', origin: reader, isPreflight: false };
}

const refused = (status: 400 | 401 | 403, error: string, origin?: string): Judged => ({
  ...{ code: 'refused', status, error, origin },
});

/**
 * A site of the internet may have its name lead to this machine, so that a browser takes the gateway's answers for the site's own
 * (DNS rebinding). A browser says the name in Host; an address cannot be made to lead elsewhere.
 */
function hostProblem(host: string | undefined, path: string, names: readonly string[]): Judged | undefined {
  const asked = host === undefined ? undefined : parseHost(host);
  if (asked === undefined) return refused(400, 'the request has no valid Host');
  const isOwn = asked.ip !== undefined || isLocalhost(asked.host) || names.includes(asked.host);
  if (isOwn || (asked.host === WPAD && isPacFile(path))) return undefined;
  return refused(403, `the gateway is not known as ${quoted(asked.host)}; admin.hosts names what it is known as`);
}

/** Whether a page of the gateway itself asks. It may have come through something that adds TLS. */
function isOwn(origin: string, host: string): boolean {
  return /^https?:\/\//.test(origin) && origin.slice(origin.indexOf('//') + 2) === host.toLowerCase();
}

/** Browsers send no Origin with a GET for an image or a script of another page, but say this. A link to what is open to all may be followed. */
function comesFromOtherSite({ method, path, header }: Asking): boolean {
  const site = header('sec-fetch-site');
  const isLink = method === 'GET' && header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document';
  return (site === 'cross-site' || site === 'same-site') && !(isLink && !needsToken(path));
}

/** In a query only where a browser can show it in no other way: streams of events and WebSockets begin with GET. */
function tokenOf({ method, token, header }: Asking): string | undefined {
  return bearerOf(header('authorization')) ?? (method === 'GET' ? token : undefined);
}

const TEXT_LENGTH_MAX = 100;
const quoted = (text: string): string => JSON.stringify(text.slice(0, TEXT_LENGTH_MAX));
