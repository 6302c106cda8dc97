// The part of the options (`dns` in options.ts) about which addresses are trusted, and how bad ones are found. The meaning,
// unit and range of each key are in main/config/checks/dns/trust.ts (docs/config.md) and only there. Types only.

/** A DNS server by address and port. */
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
