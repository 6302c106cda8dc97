// What the DNS actor tells of itself: counts for the metrics, and one name explained for `tcproute dns`. Types only.
import type { LookupAnswer } from './messages.js';

/** What is held now, and the bound that it never passes. */
export interface Table {
  readonly size: number;
  readonly max: number;
}

export type Tables = Readonly<Record<string, Table>>;

/** Counts since the start. */
export interface ServerStatistics {
  /** As in the configuration: `udp://8.8.8.8:53`. */
  readonly id: string;
  readonly backup: boolean;
  /** Smoothed; undefined before the first answer. */
  readonly latency_ms: number | undefined;
  /** Questions, and what came of them, by kind: see workers/dns/habits.ts. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of its own: sockets, connections, and questions on them. */
  readonly tables: Tables;
}

export interface NamesStatistics {
  readonly servers: readonly ServerStatistics[];
  /** Lookups by what answered them: see workers/dns/resolver.ts. */
  readonly lookups: Readonly<Record<string, number>>;
  /** Of all servers together: answers kept, lookups under way, evidence and the like. */
  readonly tables: Tables;
  readonly probes: { readonly probes: number; readonly found: number; readonly intercepted: number };
}

/** What one server said to one question. */
export interface ServerAnswer {
  readonly server: string;
  readonly backup: boolean;
  readonly type: 'A' | 'AAAA';
  readonly time_ms: number;
  /** Such as `addresses`, `nxdomain`, or `no-answer`. */
  readonly kind: string;
  readonly addresses: readonly string[];
  readonly ttl_s: number | undefined;
  readonly verdict: 'clean' | 'partly clean' | 'suspect' | 'doubtful' | 'none';
  /** Of a verdict that is not clean, in words. */
  readonly why: string;
}

export interface NameExplanation {
  readonly name: string;
  /** From a hosts file, before any server. */
  readonly hosts: readonly string[] | undefined;
  readonly answers: readonly ServerAnswer[];
  /** What a client would get. */
  readonly choice: LookupAnswer;
}
