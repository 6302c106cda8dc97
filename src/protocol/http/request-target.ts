// Reads the target of a request to a proxy (RFC 9112 section 3.2): HOST:PORT of CONNECT, or a whole http URL of any other
// method. It resolves nothing and takes no percent signs in host names.
import { type Target, targetOfName } from '../address/target.js';
import type { HttpFault } from './faults.js';

const HTTP_PORT = 80;
/** A host (an IPv6 address in brackets), and perhaps a port, whose digits a URL may leave out. */
const AUTHORITY = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d*))?$/;
const URI = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?]*)(.*)$/;
/** What a Host field may have besides nothing: the same, of the characters of RFC 3986 section 3.2.2. */
const HOST = /^(?:(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]+)(?::\d*)?)?$/;

/** A whole URL. */
export interface ReadUri {
  readonly target: Target;
  /** The host as it was written, with its port if there is one: what a Host field says. */
  readonly authority: string;
  /** Path and query; the path may be missing. */
  readonly path: string;
}

/** The target of CONNECT. */
export function readAuthority(text: string): Target | HttpFault {
  const [, host, digits] = AUTHORITY.exec(text) ?? [];
  const port = portOf(digits ?? '');
  if (host === undefined || port === undefined) return 'authority';
  return targetOfName(host, port) ?? 'authority';
}

/** The target of any other method. */
export function readUri(text: string): ReadUri | HttpFault {
  if (text.startsWith('/') || text === '*') return 'not-a-proxy-request';
  const [, scheme, authority, path] = URI.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || path === undefined) return 'uri';
  if (scheme.toLowerCase() === 'https') return 'https-uri';
  if (scheme.toLowerCase() !== 'http') return 'uri';
  // RFC 9110 section 4.2.4: it serves to deceive, and nothing else.
  if (authority.includes('@')) return 'user-information';
  const [, host, digits = ''] = AUTHORITY.exec(authority) ?? [];
  const port = digits === '' ? HTTP_PORT : portOf(digits);
  const target = host === undefined || port === undefined ? undefined : targetOfName(host, port);
  if (target === undefined) return 'uri';
  return { target, authority: digits === '' ? (host as string) : `${host}:${digits}`, path };
}

/** From 1 to 65535, in at most five digits. */
function portOf(digits: string): number | undefined {
  const port = digits.length > 5 ? 0 : Number(digits);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Whether a Host field may have this value (RFC 9110 section 7.2). Its host need not be one that can be reached. */
export const isHost = (value: string): boolean => HOST.test(value);
