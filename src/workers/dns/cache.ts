// The answers that are still good, bounded in number and in time. It asks nobody and remembers no failures.
import { LRUCache } from 'lru-cache';
import type { LookupAnswer } from '../../protocol/messages.js';

type KeptAnswer = Extract<LookupAnswer, { readonly code: 'found' | 'no-such-name' }>;

interface Entry {
  readonly answer: KeptAnswer;
  readonly expires_ms: number;
}

export class AnswerCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #now: () => number;

  /** `now` is a clock in milliseconds that never goes back. */
  constructor(entries_max: number, now: () => number) {
    this.#entries = new LRUCache({ max: entries_max });
    this.#now = now;
  }

  /** The answer with the seconds that it has left. */
  get(name: string): KeptAnswer | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const left_ms = entry.expires_ms - this.#now();
    if (left_ms <= 0) {
      this.#entries.delete(name);
      return undefined;
    }
    // Rounded down: a copy made from it must not outlive it.
    return { ...entry.answer, ttl_s: Math.floor(left_ms / 1000) };
  }

  /** Keeps an answer for its `ttl_s`. */
  put(name: string, answer: KeptAnswer): void {
    if (answer.ttl_s > 0) this.#entries.set(name, { answer, expires_ms: this.#now() + answer.ttl_s * 1000 });
  }
}
