// The destination that a client asks for: an address, or a name to be resolved.
import { formatIp, parseIp } from './address.js';
import { askedName, withoutDot } from './host-name.js';

export interface Target {
  /** The canonical text of the address, or the name in lower case without a trailing dot. */
  readonly host: string;
  /** The same with the trailing dot, if the client has sent one: see host-name.ts. */
  readonly asked: string;
  /** The bytes of the address (4 or 16); undefined for a name. */
  readonly ip: Uint8Array | undefined;
  readonly port: number;
}

export function targetOfIp(ip: Uint8Array, port: number): Target {
  const host = formatIp(ip);
  return { host, asked: host, ip, port };
}

/** A name, or an address in text form; undefined for a text that is neither. Many clients send IPv6 addresses in brackets. */
export function targetOfName(text: string, port: number): Target | undefined {
  const ip = parseIp(text) ?? bracketed(text);
  if (ip !== undefined) return targetOfIp(ip, port);
  const asked = askedName(text);
  return asked === undefined ? undefined : { host: withoutDot(asked), asked, ip: undefined, port };
}

function bracketed(text: string): Uint8Array | undefined {
  const inner = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : '';
  return inner.includes(':') ? parseIp(inner) : undefined;
}

/** Takes `host`, `host:port`, `[v6]`, `[v6]:port`, or a bare IPv6 address; undefined for anything else. */
export function targetOfText(text: string, usualPort: number): Target | undefined {
  const ip = parseIp(text);
  if (ip !== undefined) return targetOfIp(ip, usualPort);
  const [, v6, host, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? usualPort : Number(digits);
  if (port < 1 || port > 65_535) return undefined;
  if (host !== undefined) return targetOfName(host, port);
  return v6?.includes(':') ? targetOfName(v6, port) : undefined;
}
