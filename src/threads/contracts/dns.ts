// The contract of the DNS actor: one interface for each caller, called through comlink over a MessagePort, and the shapes
// of its answers. Types only. Expected failures are values with a literal `code`; nothing is thrown across a port on
// purpose.
import type { LogLevel } from '../../protocol/options.js';
import type { AnswerVerdict, BadAddress, BadAddressChange } from '../../protocol/trust/evidence.js';
import type { Observation } from '../../protocol/trust/outcomes.js';
import type { SiteRetraction, SiteWord } from '../../protocol/trust/site-words.js';
import type { Histogram } from '../shared/time-histogram.js';

/**
 * `partial`: one address family is missing, since it failed or has not been answered yet; the other one is complete.
 * `stale`: the TTL is over. `more`: the lookup goes on, and its outcome follows as a further answer.
 */
interface Answered {
  /** Seconds, from the moment of this answer. */
  readonly ttl_s: number;
  readonly partial?: true;
  readonly stale?: true;
  readonly more?: true;
}

/** The outcome of looking up a name. */
export type LookupAnswer =
  /** Addresses in text form, IPv6 and IPv4 interleaved in the order to try. */
  | (Answered & { readonly code: 'found'; readonly addresses: readonly string[] })
  /** NXDOMAIN, or NODATA (RFC 2308) where the name `exists` but has no address. */
  | (Answered & { readonly code: 'no-such-name'; readonly exists: boolean })
  | { readonly code: 'failed'; readonly reason: string }
  | { readonly code: 'overloaded' };

/** Served by the DNS actor, called by connection actors and the share actor. */
export interface NamesActor {
  /** `port`: for names and their answers (threads/lookups.ts). The last answer to a name comes within `dns.timeout_ms`. */
  lookups(port: unknown): Promise<void>;
  /** `pushes`: a port on which the caller serves `NamesSubscriber`. All bad addresses are pushed first, then changes. */
  subscribe(pushes: unknown): Promise<void>;
  /** Reports how connections to addresses ended at one connection actor. */
  observed(observations: readonly Observation[]): Promise<void>;
  /** What other gateways say against addresses, and take back. `gateways`: the number of those of the site. */
  siteSays(words: readonly SiteWord[], retractions: readonly SiteRetraction[], gateways: number): Promise<void>;
}

/** A connection actor's replica of the bad addresses. */
export interface BadAddressSubscriber {
  /** `whole`: the first push of a DNS actor. Verdicts that it does not contain came from an earlier DNS actor. */
  badAddressesChanged(changes: readonly BadAddressChange[], whole: boolean): Promise<void>;
}

/** A connection actor's replicas of the bad addresses and of the names. */
export interface NamesSubscriber extends BadAddressSubscriber {
  /**
   * The answers known for these names (undefined: for all names) are outdated: hosts files or the machine's servers have
   * changed.
   */
  namesChanged(names: readonly string[] | undefined): Promise<void>;
}

/** Served by the DNS actor, called by main. */
export interface NamesControl {
  /** Serves `NamesActor` on one more port (a connection actor's). The port is dropped when its other end closes. */
  connect(port: unknown): Promise<void>;
  /** `port`: to an admin actor that was started or restarted; serves `NamesAdmin` there. */
  connectAdmin(port: unknown): Promise<void>;
  /** Counts of the servers, the lookups and the prober since the start. */
  statistics(): Promise<NamesStatistics>;
  /** Asks all servers of both lists for one name, side by side, and gives the verdict on each answer. */
  explain(name: string): Promise<NameExplanation>;
  /** All bad addresses with the evidence against each, the static list first. */
  badAddresses(): Promise<readonly BadAddress[]>;
  /** Drops the evidence against a canonical address, but not the static list. False if there was none. */
  undoBadAddress(address: string): Promise<boolean>;
  setLogLevel(level: LogLevel): Promise<void>;
  /** The evidence against addresses, in the form of the state file, for a DNS actor that takes the place of this one. */
  evidence(): Promise<string>;
  /** Another DNS actor has taken the place of this one, which must not write the state file any more. */
  retire(): Promise<void>;
  /** Writes the state file now; so does `stop`. */
  save(): Promise<void>;
  /** Closes every port, socket and timer; the actor's task then settles. */
  stop(): Promise<void>;
}

/** The size of a table now, and its bound. */
export interface Table {
  readonly size: number;
  readonly max: number;
}

/** Tables by name. */
export type Tables = Readonly<Record<string, Table>>;

/** One DNS server since the start. */
export interface ServerStatistics {
  /** As in the configuration, such as `udp://8.8.8.8:53`. */
  readonly id: string;
  readonly backup: boolean;
  /** Smoothed, in ms; undefined before the first answer. */
  readonly latency_ms: number | undefined;
  /** How long its answers took. */
  readonly times: Histogram;
  /** Questions, and what came of them, by kind: see workers/dns/ask/server-profile.ts. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of this server alone: sockets, connections, and questions on them. */
  readonly tables: Tables;
}

export interface NamesStatistics {
  readonly servers: readonly ServerStatistics[];
  /** Lookups by what answered them: see workers/dns/lookup/resolver.ts. */
  readonly lookups: Readonly<Record<string, number>>;
  /** Of all servers together: cached answers, lookups under way, evidence and the like. */
  readonly tables: Tables;
  /** Addresses with evidence of each kind, but for those of the configuration; one with several kinds counts for each. */
  readonly evidence: Readonly<Record<string, number>>;
  readonly probes: { readonly probes: number; readonly found: number; readonly intercepted: number };
}

/** One server's answer to one question. */
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
  /** The reason of a verdict that is not clean, in words. */
  readonly why: string;
  /** The addresses that are not to be used; absent if there are none. */
  readonly dropped?: AnswerVerdict['dropped'];
}

export interface NameExplanation {
  readonly name: string;
  /** Addresses from a hosts file, which comes before all servers; undefined when it has none. */
  readonly hosts: readonly string[] | undefined;
  readonly answers: readonly ServerAnswer[];
  /** What a client would get. */
  readonly choice: LookupAnswer;
}
