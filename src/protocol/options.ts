// The options of a running gateway: the frozen plain object that the configuration is validated into and that every
// actor is started with. What a key of the configuration means, its unit, range and default are in main/config/schema.ts
// (docs/config.md) and only there; here are comments on what differs from what was configured. It does not validate.
import type { Line } from './lines/line.js';
import type { Rule } from './rules/rule.js';
import type { TrustOptions } from './trust-options.js';

/** One server to ask for addresses. `system`: whatever the machine itself uses. */
export interface Nameserver {
  readonly kind: 'system' | 'udp' | 'tcp' | 'tls' | 'https';
  /** One spelling for each server, in messages, evidence and counters: `udp://8.8.8.8:53`, `system`. */
  readonly id: string;
  /** A canonical IP address; for tls and https also a normalised name, which the certificate must be for. */
  readonly host: string;
  readonly port: number;
  /** Of the URL; only for https. */
  readonly path: string;
  /** The name of the line through which it is asked; undefined is straight. */
  readonly via: string | undefined;
}

export type Ipv6Choice = 'auto' | 'on' | 'off';
export type RaceEnd = 'connected' | 'first-byte';
export type EngineChoice = 'auto' | 'uring' | 'epoll';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface Options {
  readonly log_level: LogLevel;
  readonly host: string;
  readonly port: number;
  /** Connection actors; at least 1 (a configured 0 has been replaced by what the cores are worth). */
  readonly workers: number;
  readonly engine: EngineChoice;
  readonly drain_timeout_ms: number;
  readonly handshake_timeout_ms: number;
  readonly idle_timeout_ms: number;
  readonly half_closed_timeout_ms: number;
  readonly tcp_user_timeout_ms: number;
  readonly tcp_keepalive_s: number;
  /** At least one. */
  readonly nameservers: readonly Nameserver[];
  readonly nameservers_backup: readonly Nameserver[];
  /** Canonical addresses by normalised name. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Canonical addresses and ranges; the key `IpBlacklist`. */
  readonly blacklist: readonly string[];
  readonly lines: readonly Line[];
  readonly limits: {
    /** Once the gateway has started, never 0. */
    readonly connections_max: number;
    readonly lines_max: number;
    readonly pipes_max: number;
    /** Sockets that one connection actor may have for racing, beyond two for each connection; derived at start. */
    readonly racing_max: number;
  };
  readonly race: {
    readonly until: RaceEnd;
    readonly attempts_max: number;
    readonly line_attempts_max: number;
    readonly total_attempts_max: number;
    readonly connect_timeout_ms: number;
    readonly stagger_ms: number;
    readonly first_byte_ms: number;
    readonly margin_ms: number;
    readonly hold_ms: number;
    readonly early_probe_interval_s: number;
  };
  readonly cache: {
    readonly ttl_s: number;
    readonly entries_max: number;
    readonly refresh_s: number;
    readonly state_file: string | null;
  };
  readonly dns: TrustOptions & {
    readonly timeout_ms: number;
    readonly try_timeout_ms: number;
    readonly udp_retry_ms: number;
    readonly hold_ms: number;
    /** UDP sockets to one server; derived at start. */
    readonly udp_sockets_max: number;
    readonly ttl_min_s: number;
    readonly ttl_max_s: number;
    readonly negative_ttl_s: number;
    readonly stale_max_s: number;
    readonly stale_wait_ms: number;
    readonly prefetch_percent: number;
    readonly ipv6: Ipv6Choice;
    readonly ca_file: string | undefined;
    readonly entries_max: number;
    readonly lookups_max: number;
  };
}

/** What the configuration comes to. Actors are started with the options; the rules reach them compiled. */
export interface Configuration extends Options {
  readonly rules: readonly Rule[];
}
