// The pins of destinations that are written to the state file: main's, and those that the file had and main does not know yet. It
// judges none: see protocol/steering.
import type { Pin } from '../../protocol/steering/steering.js';

export class Pins {
  #own: readonly Pin[] = [];
  #found: readonly Pin[] = [];
  #areTaken = false;

  /** They were read from the file. */
  found(pins: readonly Pin[]): void {
    this.#found = pins;
    this.#areTaken = false;
  }

  /** Those that were read: main's from the next `set` on. */
  take(): readonly Pin[] {
    this.#areTaken = true;
    return this.#found;
  }

  /** Main's. Returns whether they are others than before. */
  set(pins: readonly Pin[]): boolean {
    const before = this.#own;
    if (this.#areTaken) this.#found = [];
    this.#own = pins;
    return pins.length !== before.length || pins.some((pin, at) => !areSame(pin, before[at]));
  }

  /** Each destination once. */
  get all(): readonly Pin[] {
    const known = new Set(this.#own.map(({ destination }) => destination));
    return [...this.#own, ...this.#found.filter(({ destination }) => !known.has(destination))];
  }
}

const areSame = (one: Pin, other: Pin): boolean => one.destination === other.destination && one.line === other.line;
