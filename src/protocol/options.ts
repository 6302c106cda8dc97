// The options of a running gateway: the frozen plain object that main/config makes of the configuration, and with which
// every actor is started. The meaning, unit, range and default of a key are in main/config/schema.ts (docs/config.md) and
// only there; the comments here say how an option differs from what was configured. Nothing is validated here. Types only.
import type { AdminOptions, AdminToken } from './admin-options.js';
import type { Budget } from './budget/budget.js';
import type { EgressOptions } from './egress/entry.js';
import type { Line } from './lines/line.js';
import type { ListenOptions } from './listen-options.js';
import type { LogOptions } from './log-options.js';
import type { Rule } from './rules/rule.js';
import type { ShareOptions } from './share-options.js';
import type { TrustOptions } from './trust-options.js';
import type { UdpOptions } from './udp-options.js';
import type { UsersOptions } from './users/user-entry.js';

/** One DNS server. `system`: the servers and files that the machine itself uses. */
export interface Nameserver {
  readonly kind: 'system' | 'udp' | 'tcp' | 'tls' | 'https';
  /** The server's name in messages, evidence and counters, such as `udp://8.8.8.8:53` or `system`. */
  readonly id: string;
  /** A canonical IP address; for tls and https also a normalised name. The certificate must be for it. */
  readonly host: string;
  readonly port: number;
  /** The path of the URL; only for https. */
  readonly path: string;
  /** The name of the line through which the server is asked; undefined: directly. */
  readonly via: string | undefined;
}

export type Ipv6Choice = 'auto' | 'on' | 'off';
export type RaceEnd = 'connected' | 'first-byte';
export type EngineChoice = 'auto' | 'uring' | 'epoll';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface Options {
  readonly log_level: LogLevel;
  readonly log: LogOptions;
  /** At least one; without the key `listen`, what `host` and `port` ask for. */
  readonly listen: readonly ListenOptions[];
  /** Connection actors; at least 1 (a configured 0 has been replaced by a number that fits the cores). */
  readonly workers: number;
  readonly engine: EngineChoice;
  /** An absolute path. */
  readonly control_socket: string | null;
  readonly admin: AdminOptions;
  readonly share: ShareOptions;
  readonly udp: UdpOptions;
  /** An absolute path. */
  readonly pid_file: string | null;
  readonly drain_timeout_ms: number;
  readonly upgrade_drain_timeout_ms: number;
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
  readonly egress: EgressOptions;
  readonly lines: readonly Line[];
  /** Of the parts of the tree that have one, those above first. */
  readonly budgets: readonly Budget[];
  /** An absolute path. */
  readonly budget_state_file: string | null;
  readonly limits: {
    /** Once the gateway has started, never 0. */
    readonly connections_max: number;
    readonly end_idle_after_s: number;
    readonly client_connections_max: number;
    readonly client_rate: number;
    readonly client_handshakes_max: number;
    readonly user_connections_max: number;
    readonly user_rate: number;
    /** 0: no limit. */
    readonly user_bytes_max: number;
    readonly user_bytes_day: number;
    readonly lines_max: number;
    readonly pipes_max: number;
    /** Sockets of one connection actor for racing, beyond two for each connection; computed at start. */
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
    /** See startPlaceOf in routes/start-place.ts; paths in it are absolute. */
    readonly start_from: string | null;
    readonly start_from_token_file: AdminToken | null;
  };
  readonly dns: TrustOptions & {
    readonly timeout_ms: number;
    readonly try_timeout_ms: number;
    readonly udp_retry_ms: number;
    readonly hold_ms: number;
    /** UDP sockets to one server; computed at start. */
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

/**
 * The validated configuration. Actors get the options; the rules reach them compiled (rules/compile.ts), and the users without
 * their passwords (users/judged-users.ts).
 */
export interface Configuration extends Options {
  readonly rules: readonly Rule[];
  /** Undefined where neither `users` nor `users_file` is set. */
  readonly users: UsersOptions | undefined;
}
