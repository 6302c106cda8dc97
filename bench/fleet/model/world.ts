// The destinations of a model: which line is the best for each, at a time, and which is silent there although it connects first.
import type { Chance } from './chance.js';
import type { FleetParameters } from './parameters.js';

export class World {
  /** By destination. */
  readonly best: Int8Array;
  /** -1 where no line is silent. */
  readonly mute: Int8Array;
  readonly #lines: number;
  readonly #chance: Chance;

  constructor({ destinations, lines, mute }: FleetParameters, chance: Chance) {
    this.#lines = lines;
    this.#chance = chance;
    this.best = Int8Array.from({ length: destinations }, () => chance.below(lines));
    this.mute = this.best.map((best) => (lines > 1 && chance.next() < mute ? this.#another(best) : -1));
  }

  /** Another line is now the best for one of the destinations. */
  change(): void {
    if (this.#lines === 1) return;
    const destination = this.#chance.below(this.best.length);
    const best = this.#another(this.best[destination] ?? 0);
    this.best[destination] = best;
    if (this.mute[destination] === best) this.mute[destination] = -1;
  }

  #another(line: number): number {
    return (line + 1 + this.#chance.below(this.#lines - 1)) % this.#lines;
  }
}
