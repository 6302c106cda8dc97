// A line, into which the configured tree is flattened: a source and a chain of proxies, the nearest first. flatten.ts makes
// lines.

import { type Preference, USUAL } from './preference.js';

export interface Source {
  /** The local address to bind; undefined (also for 0.0.0.0 and ::) lets the kernel choose. */
  readonly ip: string | undefined;
  /** The local port to bind; 0 lets the kernel choose. */
  readonly port: number;
  /** The network interface by which it leaves the machine (SO_BINDTODEVICE), if one is given. */
  readonly device?: string;
  /** The local address is the one that the interface has at the moment, of either family; `ip` is undefined then. */
  readonly auto?: true;
  /** The mark of its packets (SO_MARK), not 0, if one is given. */
  readonly mark?: number;
}

/** The address of a proxy, and the credentials that it wants. */
export interface ProxyServer {
  /** Its address or name. */
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Only of a proxy that is reached by TLS. */
  readonly tls?: TlsToProxy;
}

export interface TlsToProxy {
  /** The name or address that its certificate must have; the name is sent to it, too (SNI). */
  readonly serverName: string;
  /** A file with further certificate authorities. */
  readonly caFile: string | undefined;
}

/** The protocols of proxies; outbound/ has a file for each. */
export type ProxyKind = 'socks5' | 'socks4' | 'http' | 'https';

/** A proxy on the way of a line. */
export interface Hop extends ProxyServer {
  readonly kind: ProxyKind;
}

export interface Line extends Preference {
  /** The line's number in all tables (lines/numbers.ts), which is not its place among the lines. */
  readonly number: number;
  /** The configured `name`, or a readable one made from the chain; unique among the lines. */
  readonly name: string;
  readonly source: Source;
  /** The proxies in the order in which they are reached; empty for a direct line. */
  readonly hops: readonly Hop[];
  /** Whether it reaches a destination without a proxy. */
  readonly isDirect: boolean;
}

/** Whether its first proxy is reached by TLS: through a tunnel of the TLS actor. */
export function needsTunnel({ hops: [first] }: Pick<Line, 'hops'>): boolean {
  return first?.tls !== undefined;
}

export function lineOf(
  number: number,
  name: string,
  source: Source,
  hops: readonly Hop[],
  { tier, cost_ms, weight }: Preference = USUAL,
): Line {
  return { number, name, source, hops, isDirect: hops.length === 0, tier, cost_ms, weight };
}
