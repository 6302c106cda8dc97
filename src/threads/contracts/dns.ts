// What the DNS actor says and is told: one interface for each caller, called through comlink over a MessagePort, and the
// shapes of its answers. Types only. Expected failures are values with a literal `code`; nothing is thrown across a port
// on purpose.
import type { BadAddress, BadAddressChange } from '../../protocol/trust/evidence.js';
import type { Observation } from '../../protocol/trust/outcomes.js';

/**
 * `partial`: a family is still to come or failed; of a family that has addresses it has them all. `stale`: its time is over.
 * `more`: the lookup goes on, and its outcome follows as one more answer.
 */
interface Answered {
  /** Counts from the moment of the answer. */
  readonly ttl_s: number;
  readonly partial?: true;
  readonly stale?: true;
  readonly more?: true;
}

/** What a lookup of a name came to. */
export type LookupAnswer =
  /** All addresses, v6 and v4 interleaved in the order to try. */
  | (Answered & { readonly code: 'found'; readonly addresses: readonly string[] })
  /** NXDOMAIN, or NODATA where the name `exists` but has no address. */
  | (Answered & { readonly code: 'no-such-name'; readonly exists: boolean })
  | { readonly code: 'failed'; readonly reason: string }
  | { readonly code: 'overloaded' };

/** The DNS/blacklist actor. */
export interface NamesActor {
  /** A port on which names are asked and answered (threads/lookups.ts), the last answer within `dns.timeout_ms`. */
  lookups(port: unknown): Promise<void>;
  /** A port on which the caller serves `NamesSubscriber`: everything that stands is pushed first, then changes. */
  subscribe(pushes: unknown): Promise<void>;
  /** What connections came to, as seen by one connection actor. */
  observed(observations: readonly Observation[]): Promise<void>;
}

/** A connection actor's replica of the bad addresses. */
export interface BadAddressSubscriber {
  /** `whole`: the first push, after which everything else that is known came from an earlier DNS actor. */
  badAddressesChanged(changes: readonly BadAddressChange[], whole: boolean): Promise<void>;
}

/** The same replica, and that of names. */
export interface NamesSubscriber extends BadAddressSubscriber {
  /** What is known of these names (of all without) is outdated: hosts files or the servers of the machine have changed. */
  namesChanged(names: readonly string[] | undefined): Promise<void>;
}

/** What main says to the DNS actor. */
export interface NamesControl {
  /** Serves `NamesActor` on one more port (a connection actor's). The port is dropped when its other end closes. */
  connect(port: unknown): Promise<void>;
  /** What the servers, the cache and the prober have done so far. */
  statistics(): Promise<NamesStatistics>;
  /** Asks every server of both lists for one name, side by side, and says what is to be thought of each answer. */
  explain(name: string): Promise<NameExplanation>;
  /** Every bad address with the evidence against it, the static list first. */
  badAddresses(): Promise<readonly BadAddress[]>;
  /** By hand: drops what is held against an address (canonical), the static list aside. False if there was nothing. */
  undoBadAddress(address: string): Promise<boolean>;
  /** Writes down now what is to outlive the process; so does `stop`. */
  save(): Promise<void>;
  /** Closes every port, socket and timer; the actor's task then settles. */
  stop(): Promise<void>;
}

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
  /** Questions, and what came of them, by kind: see workers/dns/ask/server-profile.ts. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of its own: sockets, connections, and questions on them. */
  readonly tables: Tables;
}

export interface NamesStatistics {
  readonly servers: readonly ServerStatistics[];
  /** Lookups by what answered them: see workers/dns/lookup/resolver.ts. */
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
