// Where a client wants to go, as its SOCKS request said: an address, or a name to be resolved.
import { formatIp, parseIp } from './address.js';

export interface Target {
  /** Canonical address text, or the name in lower case without a trailing dot. */
  readonly host: string;
  /** The address's bytes (4 or 16), undefined for a name. */
  readonly ip: Uint8Array | undefined;
  readonly port: number;
}

/** A domain name has at most 253 characters (RFC 1035 section 2.3.4, without the root's dot). */
const NAME_MAX = 253;
/** Letters, digits, hyphen, dot, and the underscore that service names use. Labels of 1 to 63 characters. */
const NAME = /^(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}$/;

export function targetOfIp(ip: Uint8Array, port: number): Target {
  return { host: formatIp(ip), ip, port };
}

/** A name, or an address written as one; undefined when it can be neither. */
export function targetOfName(text: string, port: number): Target | undefined {
  const ip = parseIp(text);
  if (ip !== undefined) return targetOfIp(ip, port);
  const host = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (host.length > NAME_MAX || !NAME.test(host)) return undefined;
  return { host, ip: undefined, port };
}
