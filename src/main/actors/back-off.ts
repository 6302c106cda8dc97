// How long to wait before a dead actor is started again: the wait doubles each time, and is short again after an actor
// that has served for a minute. It does not wait itself.

const FIRST_MS = 100;
const LONGEST_MS = 10_000;
const HEALTHY_MS = 60_000;

export class BackOff {
  #next_ms = FIRST_MS;

  /** The wait in ms after the death of an actor that has served for `served_ms`. */
  after(served_ms: number): number {
    if (served_ms >= HEALTHY_MS) this.#next_ms = FIRST_MS;
    const wait_ms = this.#next_ms;
    this.#next_ms = Math.min(wait_ms * 2, LONGEST_MS);
    return wait_ms;
  }
}
