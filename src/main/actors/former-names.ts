// Remembers which lines and listeners a process has had, by number: what was counted of one that a reload has removed stays in the
// sums. Bounded: of names that are gone those that went last are kept.
import type { Former, Numbered } from '../../threads/contracts/admin/control.js';

const NUMBERS_MAX = 4096;
/** Each has its series of metrics. */
const GONE_NAMES_MAX = 256;

export class FormerNames {
  #lines: readonly Numbered[] = [];
  #listeners: readonly Numbered[] = [];
  readonly #numbers_max: number;
  readonly #gone_names_max: number;

  constructor(numbers_max = NUMBERS_MAX, gone_names_max = GONE_NAMES_MAX) {
    this.#numbers_max = numbers_max;
    this.#gone_names_max = gone_names_max;
  }

  /** Those of another configuration are in force. Returns those that were, and are not any more. */
  set(lines: readonly Numbered[], listeners: readonly Numbered[]): Former {
    this.#lines = this.#joined(this.#lines, lines);
    this.#listeners = this.#joined(this.#listeners, listeners);
    return { lines: without(this.#lines, lines), listeners: without(this.#listeners, listeners) };
  }

  /** Those in force come last. A number that was given again belongs to whom has it now. */
  #joined(known: readonly Numbered[], inForce: readonly Numbered[]): readonly Numbered[] {
    const all = [...without(known, inForce), ...inForce.map(({ number, name }) => ({ number, name }))];
    const present = new Set(inForce.map(({ name }) => name));
    const gone = new Set(
      all
        .map(({ name }) => name)
        .reverse()
        .filter((name) => !present.has(name)),
    );
    const kept = new Set([...gone].slice(0, this.#gone_names_max));
    const named = all.filter(({ name }) => present.has(name) || kept.has(name));
    return named.slice(-Math.max(this.#numbers_max, inForce.length));
  }
}

function without(all: readonly Numbered[], some: readonly Numbered[]): readonly Numbered[] {
  const numbers = new Set(some.map(({ number }) => number));
  return all.filter(({ number }) => !numbers.has(number));
}
