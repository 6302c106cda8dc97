// The options of a running gateway: the frozen plain object that the configuration is validated into and that every
// actor is started with. It does not validate: see main/config.
import type { Line } from './line.js';

export interface Nameserver {
  /** IP address in its canonical text form. */
  readonly address: string;
  readonly port: number;
}

export type NameserverChoice = 'system' | readonly Nameserver[];
export type EngineChoice = 'auto' | 'uring' | 'epoll';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface Options {
  readonly log_level: LogLevel;
  readonly host: string;
  readonly port: number;
  /** Connection actors; at least 1 (a configured 0 has been replaced by the number of cores). */
  readonly workers: number;
  readonly engine: EngineChoice;
  readonly drain_timeout_ms: number;
  readonly handshake_timeout_ms: number;
  readonly idle_timeout_ms: number;
  readonly half_closed_timeout_ms: number;
  /** 0 leaves the kernel's own. */
  readonly tcp_user_timeout_ms: number;
  readonly nameservers: NameserverChoice;
  readonly nameservers_backup: NameserverChoice | undefined;
  /** Canonical addresses that direct lines never dial. */
  readonly blacklist: readonly string[];
  readonly lines: readonly Line[];
  readonly limits: {
    /** 0 derives it from RLIMIT_NOFILE at start. */
    readonly connections_max: number;
    readonly lines_max: number;
    /** Pipes that one connection actor may hold for splicing. */
    readonly pipes_max: number;
  };
  readonly race: { readonly attempts_max: number; readonly connect_timeout_ms: number };
  readonly cache: { readonly ttl_s: number; readonly entries_max: number };
  readonly dns: {
    /** Deadline of one lookup over all servers and tries. */
    readonly timeout_ms: number;
    /** Deadline of one query to one server. */
    readonly try_timeout_ms: number;
    readonly ttl_min_s: number;
    readonly ttl_max_s: number;
    /** How long a negative answer is kept when it says nothing itself. */
    readonly negative_ttl_s: number;
    readonly entries_max: number;
    /** Lookups in flight; more are answered `overloaded`. */
    readonly lookups_max: number;
  };
}
