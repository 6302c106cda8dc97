// The contracts between the actors: one interface per actor, called through comlink over a MessagePort. Types only.
// Expected failures are values with a literal `code`; nothing is thrown across a port on purpose.
import type { RouteEvent } from './destination-memory.js';
import type { BadAddress, BadAddressChange } from './evidence.js';
import type { LineEvent } from './line-health.js';
import type { NameExplanation, NamesStatistics } from './names-statistics.js';
import type { Observation } from './outcomes.js';
import type { RouteState } from './route-state.js';
import type { RuleTables } from './rule-tables.js';

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

/** What a connection actor has seen of a destination; `destination` is the key of its memory. */
export interface RouteReport {
  readonly destination: string;
  readonly event: RouteEvent;
}

/** The route actor: the one place where what every connection actor learned comes together. */
export interface RoutesActor {
  /** What one connection actor (its id) has seen, in order. */
  report(actor: number, routes: readonly RouteReport[], lines: readonly LineEvent[]): Promise<void>;
}

/** A connection that failed, as a log record has it. */
export interface LastFailure {
  readonly age_ms: number;
  readonly what: {
    readonly cause: string;
    readonly detail: string | undefined;
    readonly target: string;
    readonly line?: string;
    readonly address?: string;
    readonly source?: string;
  };
}

/** A connection actor as main sees it. */
export interface ConnectionActor {
  /** Settles once the actor has its engine and serves; says which engine it is and why not io_uring. */
  ready(): Promise<{ readonly engine: 'uring' | 'epoll'; readonly why: string | undefined }>;
  /** Tells the DNS and the route actor at once what has been learned and not told yet. */
  report(): Promise<void>;
  /** Stop after the last connection has ended, at the latest after `timeout_ms`; the actor's task then settles. */
  drain(timeout_ms: number): Promise<void>;
  /** A fresh port to a (re)started DNS actor, serving `NamesActor`. */
  connectNames(port: unknown): Promise<void>;
  /** Fresh ports to a (re)started route actor: one to report on, one on which to serve `RouteSubscriber`. */
  connectRoutes(reports: unknown, pushes: unknown): Promise<void>;
  /** New rules, in shared memory, for the connections to come. */
  setRules(tables: RuleTables): Promise<void>;
  /** What the last connection failed by that failed; undefined where none has. */
  lastFailure(): Promise<LastFailure | undefined>;
  /** For tests of the supervision: goes wrong as told. */
  fail(how: Fault): Promise<void>;
}

/** Throw in the loop, end the thread, spin without a turn, or fill the heap: within one turn, or turn by turn. */
export type Fault = 'throw' | 'exit' | 'spin' | 'hog' | 'leak';

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

/** What main says to the route actor. */
export interface RoutesControl {
  /**
   * Serves `RoutesActor` on one more port, and pushes to `RouteSubscriber` on the other, for connection actor `actor`
   * (a restarted actor of the same id replaces the old ports); the whole table is pushed first.
   */
  connect(actor: number, reports: unknown, pushes: unknown): Promise<void>;
  /** Writes down now what is to outlive the process; so does `stop`. */
  save(): Promise<void>;
  stop(): Promise<void>;
}

/** A connection actor's replica of the routes. */
export interface RouteSubscriber {
  routesChanged(routes: readonly RouteState[], lines: readonly LineEvent[]): Promise<void>;
}
