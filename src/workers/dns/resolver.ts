// Lookups as their callers see them: literals, hosts files and the cache first, one resolution in flight for each name
// however many wait for it, stale answers while a new one is late, and a bound on all that. Where a name is asked is
// resolution.ts.
import { isIP } from 'node:net';
import type { LookupAnswer } from '../../protocol/messages.js';
import { normaliseName } from '../../protocol/names.js';
import type { Options } from '../../protocol/options.js';
import { answerOf, ttlOf, type View } from './answer.js';
import { AnswerCache, type Kept } from './cache.js';
import { canonical } from './canonical.js';
import type { Asked } from './exchange.js';
import type { Hosts } from './hosts.js';
import type { Judge } from './judge.js';
import type { Network } from './network.js';
import type { Gathered, PairAnswer, PairOutcome } from './pair.js';
import { resolveName, type Servers } from './resolution.js';

export interface ResolverParts {
  readonly servers: Servers;
  readonly hosts: Hosts;
  readonly judge: Judge;
  readonly network: { readonly current: Network };
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
}

export interface ResolverCounts {
  lookups: number;
  literals: number;
  hosts: number;
  hits: number;
  misses: number;
  /** Answers that served after their time. */
  stale: number;
  prefetches: number;
  overloaded: number;
}

/** Before the second family has come, an answer is only for those who wait: their copies must not last. */
const EARLY_TTL_S = 1;
/** Of a hosts file, which may change at any time. */
const HOSTS_TTL_S = 5;
/** RFC 8767 section 4, for a name that cannot be renewed. */
const STALE_TTL_S = 30;

export class Resolver {
  readonly counts: ResolverCounts = {
    ...{ lookups: 0, literals: 0, hosts: 0, hits: 0, misses: 0, stale: 0, prefetches: 0, overloaded: 0 },
  };
  readonly #limits: Options['dns'];
  readonly #parts: ResolverParts;
  readonly #cache: AnswerCache;
  readonly #inFlight = new Map<string, Asked<LookupAnswer>>();
  #waiting = 0;
  #stopped = false;

  constructor(limits: Options['dns'], parts: ResolverParts) {
    this.#limits = limits;
    this.#parts = parts;
    this.#cache = new AnswerCache(limits, parts.now);
  }

  /** Names whose answers are kept, and names that are asked about. */
  get sizes(): { readonly entries: number; readonly in_flight: number } {
    return { entries: this.#cache.size, in_flight: this.#inFlight.size };
  }

  async lookup(text: string): Promise<LookupAnswer> {
    this.counts.lookups += 1;
    const { ttl_max_s, negative_ttl_s, lookups_max } = this.#limits;
    if (isIP(text) !== 0 && !text.includes('%')) {
      this.counts.literals += 1;
      return { code: 'found', addresses: [canonical(text)], ttl_s: ttl_max_s };
    }
    const name = normaliseName(text);
    if (name === undefined) return { code: 'no-such-name', exists: false, ttl_s: negative_ttl_s };
    if (this.#stopped) return { code: 'failed', reason: 'stopping' };
    const early = this.#fromHosts(name) ?? this.#fromCache(name);
    if (early !== undefined) return early;
    this.counts.misses += 1;
    // A resolution may outlast its callers (a late family), so the names are counted as well.
    const isFull = this.#inFlight.size >= lookups_max && !this.#inFlight.has(name);
    if (this.#waiting >= lookups_max || isFull) {
      this.counts.overloaded += 1;
      return this.#stale(name, EARLY_TTL_S) ?? { code: 'overloaded' };
    }
    this.#waiting += 1;
    try {
      return await this.#ask(name);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends every lookup as failed. */
  stop(): void {
    this.#stopped = true;
    for (const asked of this.#inFlight.values()) asked.cancel('stopping');
  }

  #fromHosts(name: string): LookupAnswer | undefined {
    const addresses = this.#parts.hosts.lookup(name);
    if (addresses === undefined) return undefined;
    this.counts.hosts += 1;
    const parts = [{ addresses, server: undefined }];
    return answerOf(name, { kind: 'found', parts, ttl_s: HOSTS_TTL_S, lacking: false }, HOSTS_TTL_S, this.#view());
  }

  #fromCache(name: string): LookupAnswer | undefined {
    const kept = this.#cache.get(name);
    if (kept === undefined) return undefined;
    if (kept.freshness === 'stale') return kept.isResting ? this.#stale(name, STALE_TTL_S) : undefined;
    // Rounded down: a copy made from it must not outlive it.
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
    const answer = kept === undefined ? undefined : answerOf(name, kept.answer, ttl_s, this.#view());
    if (answer !== undefined) this.counts.stale += 1;
    return answer;
  }

  /** A stale answer serves when the new one is late or fails. */
  async #ask(name: string): Promise<LookupAnswer> {
    const { outcome } = this.#inFlight.get(name) ?? this.#begin(name);
    if (this.#cache.get(name) === undefined) return outcome;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, this.#limits.stale_wait_ms, undefined);
    });
    const answer = await Promise.race([outcome, late]);
    clearTimeout(timer);
    if (answer !== undefined && answer.code !== 'failed') return answer;
    return this.#stale(name, answer === undefined ? EARLY_TTL_S : STALE_TTL_S) ?? outcome;
  }

  #begin(name: string): Asked<LookupAnswer> {
    const { servers, judge } = this.#parts;
    const types = this.#withIpv6() ? (['AAAA', 'A'] as const) : (['A'] as const);
    const asked = resolveName(name, { servers, types, judge, limits: this.#limits });
    const outcome = asked.outcome.then((gathered) => this.#gathered(name, gathered));
    const lookup = { outcome, cancel: asked.cancel };
    this.#inFlight.set(name, lookup);
    return lookup;
  }

  #gathered(name: string, { outcome, late }: Gathered): LookupAnswer {
    if (late === undefined || outcome.kind === 'failed') return this.#finish(name, outcome);
    void late.then((whole) => this.#finish(name, whole));
    return this.#answer(name, outcome, ttlOf(outcome, this.#limits, EARLY_TTL_S));
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
    return { judge, sources: network.current.sources, withIpv6: this.#withIpv6() };
  }

  #withIpv6(): boolean {
    const { ipv6 } = this.#limits;
    return ipv6 === 'on' || (ipv6 === 'auto' && this.#parts.network.current.hasIpv6);
  }
}
