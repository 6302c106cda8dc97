// Lookups as their callers see them: literals, hosts files and the cache first, one resolution in flight for each name
// however many callers wait, stale answers while a new one is late, and bounds on all tables. It does not choose servers:
// see rounds.ts.
import { isIP } from 'node:net';
import { canonical } from '../../../protocol/address/canonical.js';
import { askedName, withoutDot } from '../../../protocol/address/host-name.js';
import type { Options } from '../../../protocol/options.js';
import type { LookupAnswer } from '../../../threads/contracts/dns.js';
import { Countdown } from '../ask/countdown.js';
import type { Hear } from '../ask/exchange.js';
import type { Judge } from '../ask/judge.js';
import type { Hosts } from '../machine/hosts.js';
import type { Network } from '../machine/network.js';
import { answerOf, type Ipv6Use, ttlOf, type View } from './answer.js';
import { AnswerCache, type Kept } from './cache.js';
import { Lookup, type Meaning } from './lookup.js';
import type { PairAnswer, PairOutcome } from './pair.js';
import { Renewals } from './renewals.js';
import { resolveName, type Servers } from './rounds.js';

export interface ResolverParts {
  readonly servers: Servers;
  readonly hosts: Hosts;
  readonly judge: Judge;
  readonly network: { readonly current: Network };
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** A renewal has found other addresses for a name than its answer had, which may be known elsewhere. */
  readonly outdated: (name: string) => void;
}

export interface ResolverCounts {
  lookups: number;
  literals: number;
  hosts: number;
  hits: number;
  misses: number;
  /** Answers served after they had expired. */
  stale: number;
  prefetches: number;
  /** Names that were asked for anew, since what their answers said had failed. */
  renewals: number;
  overloaded: number;
}

/** The TTL of an answer that lacks the second family: it serves the waiting callers, and their copies must not last. */
const EARLY_TTL_S = 1;
/** The TTL of an answer from a hosts file, which may change at any time. */
const HOSTS_TTL_S = 5;
/** The TTL of a stale answer that cannot be renewed (RFC 8767 section 4). */
const STALE_TTL_S = 30;

const BOTH = ['AAAA', 'A'] as const;
const ONLY_A = ['A'] as const;

export class Resolver {
  readonly counts: ResolverCounts = {
    ...{ lookups: 0, literals: 0, hosts: 0, hits: 0, misses: 0, stale: 0, prefetches: 0, renewals: 0, overloaded: 0 },
  };
  readonly #limits: Options['dns'];
  readonly #parts: ResolverParts;
  readonly #cache: AnswerCache;
  readonly #renewals: Renewals;
  /** By name as it was asked. */
  readonly #inFlight = new Map<string, Lookup>();
  readonly #meaning: Meaning = {
    early: (name, answer) => this.#answer(name, answer, ttlOf(answer, this.#limits, EARLY_TTL_S)),
    whole: (name, outcome) => this.#finish(name, outcome),
  };
  #waiting = 0;
  #stopped = false;

  constructor(limits: Options['dns'], parts: ResolverParts) {
    this.#limits = limits;
    this.#parts = parts;
    this.#cache = new AnswerCache(limits, parts.now);
    this.#renewals = new Renewals(limits.entries_max);
  }

  /** Sizes and bounds of cached answers, names in flight, and waiting callers. */
  get tables() {
    const { entries_max, lookups_max } = this.#limits;
    return {
      answers: { size: this.#cache.size, max: entries_max },
      in_flight: { size: this.#inFlight.size, max: lookups_max },
      waiting: { size: this.#waiting, max: lookups_max },
    };
  }

  /**
   * `hear` gets the last answer within `dns.timeout_ms`; answers before it say `more`. A known answer is heard within the
   * call.
   */
  lookup(text: string, hear: Hear<LookupAnswer>): void {
    this.counts.lookups += 1;
    const { ttl_max_s, negative_ttl_s } = this.#limits;
    if (isIP(text) !== 0 && !text.includes('%')) {
      this.counts.literals += 1;
      hear({ code: 'found', addresses: [canonical(text)], ttl_s: ttl_max_s });
      return;
    }
    const name = askedName(text);
    if (name === undefined) hear({ code: 'no-such-name', exists: false, ttl_s: negative_ttl_s });
    else if (this.#stopped) hear({ code: 'failed', reason: 'stopping' });
    else {
      const early = this.#fromHosts(name) ?? this.#fromCache(name);
      if (early === undefined) this.#miss(name, hear);
      else hear(early);
    }
  }

  /**
   * The same for a name whose known answer is of no use, since all that it says has failed: its servers are asked anew, if that
   * has not been done just now.
   */
  renew(text: string, hear: Hear<LookupAnswer>): void {
    const name = askedName(text);
    const kept = name === undefined ? undefined : this.#cache.get(name);
    const isUsual = name === undefined || kept === undefined || this.#stopped;
    if (isUsual || this.#parts.hosts.lookup(withoutDot(name)) !== undefined) this.lookup(text, hear);
    else if (this.#inFlight.has(name) || this.#renewals.begin(name, kept.age_ms, this.#parts.now()))
      this.#renew(name, kept.answer, hear);
    else this.lookup(text, hear);
  }

  #renew(name: string, before: PairAnswer, hear: Hear<LookupAnswer>): void {
    this.counts.lookups += 1;
    this.counts.renewals += 1;
    this.#join(name, (answer) => {
      const after = isPreliminary(answer) ? before : this.#cache.get(name)?.answer;
      if (after !== undefined && !sameAddresses(after, before)) {
        this.#renewals.changed(name);
        this.#parts.outdated(name);
      }
      hear(answer);
    });
  }

  /** What is kept of a name, as it was asked. Changes nothing, and counts as no use. */
  kept(name: string): Kept | undefined {
    return this.#cache.peek(name);
  }

  /** Whether the name, as it was asked, is being resolved. */
  isInFlight(name: string): boolean {
    return this.#inFlight.has(name);
  }

  /** Forgets the answer of a name, as it was asked. False if there was none. */
  forget(name: string): boolean {
    this.#renewals.changed(name);
    return this.#cache.delete(name);
  }

  /** The machine's servers have changed: every cached name is asked for again. */
  expire(): void {
    this.#cache.expire();
  }

  /** Ends every lookup as failed. */
  stop(): void {
    this.#stopped = true;
    for (const lookup of this.#inFlight.values()) lookup.cancel('stopping');
  }

  #fromHosts(name: string): LookupAnswer | undefined {
    const addresses = this.#parts.hosts.lookup(withoutDot(name));
    if (addresses === undefined) return undefined;
    this.counts.hosts += 1;
    const parts = [{ addresses, server: undefined }];
    return answerOf(name, { kind: 'found', parts, ttl_s: HOSTS_TTL_S, lacking: false }, HOSTS_TTL_S, this.#view());
  }

  #fromCache(name: string): LookupAnswer | undefined {
    const kept = this.#cache.get(name);
    if (kept === undefined) return undefined;
    if (kept.freshness === 'stale') return kept.isResting ? this.#stale(name, STALE_TTL_S) : undefined;
    // Rounded down: an actor's copy must not outlive the cached answer.
    const answer = answerOf(name, kept.answer, Math.floor(kept.left_ms / 1000), this.#view());
    if (answer === undefined) {
      this.#cache.delete(name);
      return undefined;
    }
    this.counts.hits += 1;
    if (kept.freshness === 'due') this.#prefetch(name, kept);
    return answer;
  }

  #prefetch(name: string, { isResting, answer }: Kept): void {
    const isFull = this.#inFlight.size >= this.#limits.lookups_max;
    if (isResting || isFull || answer.kind === 'none' || this.#inFlight.has(name)) return;
    this.counts.prefetches += 1;
    this.#begin(name);
  }

  #stale(name: string, ttl_s: number): LookupAnswer | undefined {
    const kept = this.#cache.get(name);
    const view = { ...this.#view(), isStale: kept?.freshness === 'stale' };
    const answer = kept === undefined ? undefined : answerOf(name, kept.answer, ttl_s, view);
    if (answer !== undefined) this.counts.stale += 1;
    return answer;
  }

  #miss(name: string, hear: Hear<LookupAnswer>): void {
    this.counts.misses += 1;
    this.#join(name, hear);
  }

  /** Waits for the resolution of a name that is in flight, or begins one. */
  #join(name: string, hear: Hear<LookupAnswer>): void {
    const { lookups_max } = this.#limits;
    const running = this.#inFlight.get(name);
    // A resolution may outlast its callers, so the names in flight have a bound as well.
    if (this.#waiting >= lookups_max || (running === undefined && this.#inFlight.size >= lookups_max)) {
      this.counts.overloaded += 1;
      hear(this.#stale(name, EARLY_TTL_S) ?? { code: 'overloaded' });
      return;
    }
    this.#waiting += 1;
    const lookup = running ?? this.#begin(name);
    const told = (answer: LookupAnswer): void => {
      if (!isPreliminary(answer)) this.#waiting -= 1;
      hear(answer);
    };
    if (this.#cache.has(name)) this.#waitBriefly(name, lookup, told);
    else lookup.wait(told);
  }

  /** The kept answer serves when the new one is late or fails. */
  #waitBriefly(name: string, lookup: Lookup, hear: Hear<LookupAnswer>): void {
    const patience = new Countdown(this.#limits.stale_wait_ms, () => {
      const stale = this.#stale(name, EARLY_TTL_S);
      if (stale?.code === 'found') hear({ ...stale, more: true });
    });
    lookup.wait((answer) => {
      patience.cancel();
      hear(answer.code === 'failed' ? (this.#fromCache(name) ?? answer) : answer);
    });
  }

  #begin(name: string): Lookup {
    const lookup = new Lookup(name, this.#meaning);
    this.#inFlight.set(name, lookup);
    const { servers, judge } = this.#parts;
    const resolving = { servers, types: this.#ipv6() === 'all' ? BOTH : ONLY_A, judge, limits: this.#limits };
    lookup.begin((asked, handler) => resolveName(asked, resolving, handler));
    return lookup;
  }

  #finish(name: string, outcome: PairOutcome): LookupAnswer {
    this.#inFlight.delete(name);
    if (outcome.kind === 'failed') {
      this.#cache.rest(name);
      return { code: 'failed', reason: outcome.reason };
    }
    const ttl_s = ttlOf(outcome, this.#limits);
    this.#cache.put(name, outcome, ttl_s);
    return this.#answer(name, outcome, ttl_s);
  }

  #answer(name: string, answer: PairAnswer, ttl_s: number): LookupAnswer {
    const reason = 'every address turned bad just now';
    return answerOf(name, answer, ttl_s, this.#view()) ?? { code: 'failed', reason };
  }

  #view(): View {
    const { judge, network } = this.#parts;
    return { judge, sources: network.current.sources, ipv6: this.#ipv6() };
  }

  #ipv6(): Ipv6Use {
    const { ipv6 } = this.#limits;
    if (ipv6 === 'off') return 'none';
    return ipv6 === 'on' || this.#parts.network.current.hasIpv6 ? 'all' : 'near';
  }
}

function sameAddresses(a: PairAnswer, b: PairAnswer): boolean {
  const [some, others] = [addressesOf(a), addressesOf(b)];
  return some.size === others.size && [...some].every((one) => others.has(one));
}

const addressesOf = (answer: PairAnswer): Set<string> =>
  new Set(answer.kind === 'found' ? answer.parts.flatMap(({ addresses }) => addresses) : []);

const isPreliminary = (answer: LookupAnswer): boolean => answer.code === 'found' && answer.more === true;
