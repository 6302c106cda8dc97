// What a line is once the configured tree has been flattened: a source and a chain of proxies, nearest first.
// It does not flatten: see flatten.ts.

export interface Source {
  /** The local address to bind, or undefined for the kernel's choice (also for 0.0.0.0 and ::). */
  readonly ip: string | undefined;
  /** The local port to bind, 0 for the kernel's choice. */
  readonly port: number;
}

/** Where a proxy is, and what it wants to be told. */
export interface ProxyServer {
  /** Its address or name. */
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/** A proxy on the way of a line. */
export interface Hop extends ProxyServer {
  /** What it speaks: a file in outbound/. */
  readonly kind: 'socks5';
}

export interface Line {
  /** By which all tables know it (lines/numbers.ts); it is no place among the lines. */
  readonly number: number;
  /** The `name` from the config, or a readable one made from the chain, unique among the lines. */
  readonly name: string;
  readonly source: Source;
  /** The proxies in the order in which they are reached; empty for a direct line. */
  readonly hops: readonly Hop[];
  /** Whether it reaches a destination without a proxy. */
  readonly isDirect: boolean;
}

export function lineOf(number: number, name: string, source: Source, hops: readonly Hop[]): Line {
  return { number, name, source, hops, isDirect: hops.length === 0 };
}
