// The part of the options (`dns` in options.ts) that says which addresses are trusted, and how the others are found.

/** A DNS server by address. */
export interface ServerEndpoint {
  /** Canonical IP address. */
  readonly address: string;
  readonly port: number;
}

export interface ProbeOptions {
  readonly enabled: 'on' | 'off';
  /** Names known to be targeted, asked of servers that do not exist. Normalised. */
  readonly names: readonly string[];
  /** Top-level domains, or longer suffixes, under which names are made up that cannot exist. Normalised. */
  readonly tlds: readonly string[];
  /** Where no server answers, so that an answer can only have been injected. */
  readonly phantom_servers: readonly ServerEndpoint[];
  /** From the end of a probe to the beginning of the next. */
  readonly interval_s: number;
  /** Times that each probe asks everything, made-up names anew. */
  readonly rounds: number;
}

export interface TrustOptions {
  /** Names (with all below them), addresses and ranges that public servers may answer private addresses for. */
  readonly rebind_allow: readonly string[];
  /** Addresses and ranges that no evidence is held against. */
  readonly trusted: readonly string[];
  /** How long evidence against an address lasts that nothing renews. */
  readonly bad_ttl_s: number;
  /** Addresses that evidence is kept against. */
  readonly bad_max: number;
  /** Where the list is kept over a restart; null is nowhere. */
  readonly state_file: string | null;
  readonly probe: ProbeOptions;
}
