// The cache of answers, bounded in number and in time: an answer is kept while it is valid, and for a while after that, to
// be served while it is renewed (RFC 8767). It asks nobody, judges nothing, and remembers no failures but those to renew.
import { LRUCache } from 'lru-cache';
import type { PairAnswer } from './pair.js';

/** `due`: still valid, but should be renewed now. `stale`: expired. */
export type Freshness = 'fresh' | 'due' | 'stale';

export interface Kept {
  readonly answer: PairAnswer;
  readonly freshness: Freshness;
  /** How long it is still valid; 0 for a stale one. */
  readonly left_ms: number;
  /** How long it has been kept. */
  readonly age_ms: number;
  /** Renewing it has just failed, and is not tried again yet. */
  readonly isResting: boolean;
}

export interface CacheLimits {
  readonly entries_max: number;
  readonly stale_max_s: number;
  readonly prefetch_percent: number;
}

interface Entry {
  readonly answer: PairAnswer;
  readonly since_ms: number;
  readonly expires_ms: number;
  readonly due_ms: number;
  rests_until_ms: number;
}

/** The failure recheck timer of RFC 8767 section 5. */
const REST_MS = 30_000;
/** Replicas count in whole seconds: a lookup this close to the end comes from an actor whose copy has just expired. */
const DUE_LEAST_MS = 2000;

export class AnswerCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #limits: CacheLimits;
  readonly #now: () => number;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(limits: CacheLimits, now: () => number) {
    this.#entries = new LRUCache({ max: limits.entries_max });
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether anything is kept, stale or not. */
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): Kept | undefined {
    const entry = this.#entries.get(name);
    const kept = entry && this.#keptOf(entry);
    if (entry !== undefined && kept === undefined) this.#entries.delete(name);
    return kept;
  }

  /** The same for one who only looks: it counts as no use. */
  peek(name: string): Kept | undefined {
    const entry = this.#entries.peek(name);
    return entry && this.#keptOf(entry);
  }

  #keptOf({ answer, since_ms, expires_ms, due_ms, rests_until_ms }: Entry): Kept | undefined {
    const now_ms = this.#now();
    // A negative answer that is over helps nobody.
    const stale_ms = answer.kind === 'found' ? this.#limits.stale_max_s * 1000 : 0;
    if (now_ms >= expires_ms + stale_ms) return undefined;
    const freshness = now_ms >= expires_ms ? 'stale' : now_ms >= due_ms ? 'due' : 'fresh';
    const left_ms = Math.max(0, expires_ms - now_ms);
    return { answer, freshness, left_ms, age_ms: now_ms - since_ms, isResting: now_ms < rests_until_ms };
  }

  /** Keeps an answer for `ttl_s` seconds in place of the one before. 0 keeps neither. */
  put(name: string, answer: PairAnswer, ttl_s: number): void {
    if (ttl_s <= 0) {
      this.#entries.delete(name);
      return;
    }
    const now_ms = this.#now();
    const { prefetch_percent } = this.#limits;
    const lasts_ms = ttl_s * 1000;
    const due = Math.min(lasts_ms / 2, Math.max(DUE_LEAST_MS, (lasts_ms * prefetch_percent) / 100));
    const due_ms = prefetch_percent === 0 ? Number.POSITIVE_INFINITY : now_ms + lasts_ms - due;
    const expires_ms = now_ms + lasts_ms;
    this.#entries.set(name, { answer, since_ms: now_ms, expires_ms, due_ms, rests_until_ms: 0 });
  }

  /** Renewing the answer failed: it is not tried again for 30 s. */
  rest(name: string): void {
    const entry = this.#entries.peek(name);
    if (entry !== undefined) entry.rests_until_ms = this.#now() + REST_MS;
  }

  /** Makes all answers stale: they serve only while they cannot be renewed. */
  expire(): void {
    const now_ms = this.#now();
    for (const name of [...this.#entries.rkeys()]) {
      const entry = this.#entries.peek(name);
      if (entry === undefined) continue;
      const expires_ms = Math.min(entry.expires_ms, now_ms);
      this.#entries.set(name, { ...entry, expires_ms, due_ms: Math.min(entry.due_ms, now_ms), rests_until_ms: 0 });
    }
  }

  /** False if there was none. */
  delete(name: string): boolean {
    return this.#entries.delete(name);
  }
}
