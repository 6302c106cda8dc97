// What a line is once the configured tree has been flattened: a source and a chain of SOCKS5 proxies, nearest first.
// It does not flatten: see flatten.ts.

export interface Source {
  /** The local address to bind, or undefined for the kernel's choice (also for 0.0.0.0 and ::). */
  readonly ip: string | undefined;
  /** The local port to bind, 0 for the kernel's choice. */
  readonly port: number;
}

export interface Hop {
  /** Address or name of the SOCKS5 proxy. */
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export interface Line {
  /** The `name` from the config, or a readable one made from the chain, unique among the lines. */
  readonly name: string;
  readonly source: Source;
  /** The proxies in the order in which they are reached; empty for a direct line. */
  readonly hops: readonly Hop[];
}
