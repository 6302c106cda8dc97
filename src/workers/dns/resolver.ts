// Lookups as their callers see them: literals and the cache first, one resolution in flight for each name however many
// wait for it, and a bound on all that. Where a name is asked is resolution.ts.
import { isIP } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { LookupAnswer, NamesActor } from '../../protocol/messages.js';
import { normaliseName } from '../../protocol/names.js';
import { answerOf } from './answer.js';
import { AnswerCache } from './cache.js';
import { canonical } from './canonical.js';
import type { Asked } from './exchange.js';
import type { PairOutcome } from './pair.js';
import { type ResolutionOptions, resolveName } from './resolution.js';
import type { SystemNames } from './system.js';

interface ResolverParts {
  readonly system: SystemNames;
  /** A clock in milliseconds that never goes back. */
  readonly now?: () => number;
}

/** Before the second family has come, an answer is only for those who wait: their copies must not last. */
const EARLY_TTL_S = 1;

export class Resolver implements NamesActor {
  readonly #options: ResolutionOptions;
  readonly #system: SystemNames;
  readonly #cache: AnswerCache;
  readonly #inFlight = new Map<string, Asked<LookupAnswer>>();
  #waiting = 0;
  #stopped = false;

  constructor(options: ResolutionOptions, parts: ResolverParts) {
    this.#options = options;
    this.#system = parts.system;
    this.#cache = new AnswerCache(options.dns.entries_max, parts.now ?? (() => performance.now()));
  }

  async lookup(text: string): Promise<LookupAnswer> {
    const { dns } = this.#options;
    if (isIP(text) !== 0 && !text.includes('%')) {
      return { code: 'found', addresses: [canonical(text)], ttl_s: dns.ttl_max_s };
    }
    const name = normaliseName(text);
    if (name === undefined) return { code: 'no-such-name', ttl_s: dns.negative_ttl_s };
    if (this.#stopped) return { code: 'failed', reason: 'stopping' };

    const kept = this.#cache.get(name);
    if (kept !== undefined) return kept;
    if (this.#waiting >= dns.lookups_max) return { code: 'overloaded' };
    const asked = this.#inFlight.get(name);
    // A resolution may outlast its callers (a late family), so the names are counted as well.
    if (asked === undefined && this.#inFlight.size >= dns.lookups_max) return { code: 'overloaded' };
    this.#waiting += 1;
    try {
      return await (asked ?? this.#begin(name)).outcome;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Ends every lookup as failed and frees its sockets and timers; a getaddrinfo that runs cannot be ended. */
  stop(): void {
    this.#stopped = true;
    for (const asked of this.#inFlight.values()) asked.cancel('stopping');
  }

  #begin(name: string): Asked<LookupAnswer> {
    const { dns } = this.#options;
    const asked = resolveName(name, this.#options, this.#system);
    const outcome = asked.outcome.then((gathered) => {
      if (gathered.late === undefined) return this.#finish(name, gathered.outcome);
      void gathered.late.then((late) => this.#finish(name, late));
      return answerOf(gathered.outcome, dns, EARLY_TTL_S);
    });
    const lookup = { outcome, cancel: asked.cancel };
    this.#inFlight.set(name, lookup);
    return lookup;
  }

  #finish(name: string, outcome: PairOutcome): LookupAnswer {
    const answer = answerOf(outcome, this.#options.dns, this.#options.dns.negative_ttl_s);
    if (answer.code === 'found' || answer.code === 'no-such-name') this.#cache.put(name, answer);
    this.#inFlight.delete(name);
    return answer;
  }
}
