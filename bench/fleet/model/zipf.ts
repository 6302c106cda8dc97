// Destinations as clients ask for them: few often, most seldom. The one of rank n is asked for in proportion to 1 / n^exponent.
import type { Chance } from './chance.js';

export class Zipf {
  readonly #sums: Float64Array;

  constructor(count: number, exponent: number) {
    this.#sums = new Float64Array(count);
    let sum = 0;
    for (let n = 0; n < count; n += 1) {
      sum += 1 / (n + 1) ** exponent;
      this.#sums[n] = sum;
    }
  }

  /** The index of a destination, 0 for the one that is asked for most. */
  draw(chance: Chance): number {
    const sums = this.#sums;
    const at = chance.next() * (sums[sums.length - 1] ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
