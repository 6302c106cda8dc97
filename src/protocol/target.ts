// Where a client wants to go, as its SOCKS request said: an address, or a name to be resolved.
import { formatIp, parseIp } from './address.js';
import { normaliseName } from './names.js';

export interface Target {
  /** Canonical address text, or the name in lower case without a trailing dot. */
  readonly host: string;
  /** The address's bytes (4 or 16), undefined for a name. */
  readonly ip: Uint8Array | undefined;
  readonly port: number;
}

export function targetOfIp(ip: Uint8Array, port: number): Target {
  return { host: formatIp(ip), ip, port };
}

/** A name, or an address written as one; undefined when it can be neither. */
export function targetOfName(text: string, port: number): Target | undefined {
  const ip = parseIp(text);
  if (ip !== undefined) return targetOfIp(ip, port);
  const host = normaliseName(text);
  return host === undefined ? undefined : { host, ip: undefined, port };
}
