// The options of a running gateway: the frozen plain object that the configuration is validated into and that every
// actor is started with. It does not validate: see main/config.
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
  /** 0 leaves the kernel's own. */
  readonly tcp_user_timeout_ms: number;
  readonly tcp_keepalive_s: number;
  /** At least one. */
  readonly nameservers: readonly Nameserver[];
  readonly nameservers_backup: readonly Nameserver[];
  /** Canonical addresses by normalised name: answered before any server is asked. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Canonical addresses that direct lines never dial. */
  readonly blacklist: readonly string[];
  readonly lines: readonly Line[];
  readonly limits: {
    /** 0 derives it from RLIMIT_NOFILE at start. */
    readonly connections_max: number;
    readonly lines_max: number;
    /** Pipes that one connection actor may hold for splicing. */
    readonly pipes_max: number;
    /** Sockets that one connection actor may have for racing, beyond two for each connection; derived at start. */
    readonly racing_max: number;
  };
  readonly race: {
    /** Whether a race ends with a connection, or where the client speaks TLS with an answer. */
    readonly until: RaceEnd;
    /** Attempts under way: for one connection, on one line, and in all. */
    readonly attempts_max: number;
    readonly line_attempts_max: number;
    readonly total_attempts_max: number;
    readonly connect_timeout_ms: number;
    /** Between two starts where nothing is known; 0 is all at once. */
    readonly stagger_ms: number;
    /** How long a candidate without history may take to connect, or to answer, before others are tried beside it. */
    readonly first_byte_ms: number;
    /** What one with history may take beyond it. */
    readonly margin_ms: number;
    /** How long other connected candidates are kept for a client that has not spoken yet. */
    readonly hold_ms: number;
    /** Time between two probes of a line for answering too early; 0 is never. */
    readonly early_probe_interval_s: number;
  };
  readonly cache: {
    readonly ttl_s: number;
    readonly entries_max: number;
    /** After this all candidates of a destination are raced anew, whatever is remembered; 0 is never. */
    readonly refresh_s: number;
    /** Where the routes are kept over a restart; null is nowhere. */
    readonly state_file: string | null;
  };
  readonly dns: TrustOptions & {
    /** Deadline of one lookup over all servers and tries. */
    readonly timeout_ms: number;
    /** Deadline of one query to one server. */
    readonly try_timeout_ms: number;
    /** A UDP query is repeated after this, and after thrice as long; sooner where a server is known to be faster. */
    readonly udp_retry_ms: number;
    /** How long a doubtful UDP answer is held for another one to contradict it. */
    readonly hold_ms: number;
    /** UDP sockets to one server; derived at start. */
    readonly udp_sockets_max: number;
    readonly ttl_min_s: number;
    readonly ttl_max_s: number;
    /** How long a negative answer is kept when it says nothing itself. */
    readonly negative_ttl_s: number;
    /** How long after its end an answer may still serve while it is asked for anew; 0 is never. */
    readonly stale_max_s: number;
    /** How long a new answer is waited for before a stale one serves. */
    readonly stale_wait_ms: number;
    /** An answer asked for in this last part of its time is refreshed in advance; 0 is never. */
    readonly prefetch_percent: number;
    /** Whether AAAA is asked and v6 addresses are given; auto: where the machine has a route. */
    readonly ipv6: Ipv6Choice;
    /** Certificate authorities (PEM) to trust for tls and https servers besides Node's own. */
    readonly ca_file: string | undefined;
    readonly entries_max: number;
    /** Lookups in flight; more are answered `overloaded`. */
    readonly lookups_max: number;
  };
}

/** What the configuration comes to. Actors are started with the options; the rules reach them compiled. */
export interface Configuration extends Options {
  readonly rules: readonly Rule[];
}
