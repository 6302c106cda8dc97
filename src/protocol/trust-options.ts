// The part of the options (`dns` in options.ts) that says which addresses are trusted, and how the others are found. What
// each key means, its unit and range are in main/config/checks/dns/trust.ts (docs/config.md) and only there.

/** A DNS server by address. */
export interface ServerEndpoint {
  /** Canonical IP address. */
  readonly address: string;
  readonly port: number;
}

export interface ProbeOptions {
  readonly enabled: 'on' | 'off';
  /** Normalised, as `tlds` are. */
  readonly names: readonly string[];
  readonly tlds: readonly string[];
  readonly phantom_servers: readonly ServerEndpoint[];
  readonly interval_s: number;
  readonly rounds: number;
}

export interface TrustOptions {
  readonly rebind_allow: readonly string[];
  readonly trusted: readonly string[];
  readonly bad_ttl_s: number;
  readonly bad_max: number;
  readonly state_file: string | null;
  readonly probe: ProbeOptions;
}
