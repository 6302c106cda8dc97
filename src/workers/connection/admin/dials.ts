// Dials that an operator wants measured: a few at a time.
import type { DialAsked, Dialled } from '../../../threads/contracts/admin/dial.js';

/** A page may measure all lines at once; each takes a descriptor. */
const DIALS_MAX = 16;

export class Dials {
  readonly #dial: (asked: DialAsked) => Promise<Dialled>;
  #underWay = 0;

  constructor(dial: (asked: DialAsked) => Promise<Dialled>) {
    this.#dial = dial;
  }

  async dial(asked: DialAsked): Promise<Dialled> {
    if (this.#underWay >= DIALS_MAX) return { code: 'busy' };
    this.#underWay += 1;
    try {
      return await this.#dial(asked);
    } finally {
      this.#underWay -= 1;
    }
  }
}
