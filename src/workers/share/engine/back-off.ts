// How long to wait before the engine is tried again: the wait doubles each time, and is short again after a connection that has
// lasted. The gateways of a site lose their engine all at once, so chance keeps them from coming back all at once. It does not
// wait itself.

const FIRST_MS = 100;
const LONGEST_MS = 10_000;
const LASTING_MS = 10_000;

export class BackOff {
  #next_ms = FIRST_MS;

  /** The wait in ms after a connection that has lasted for `lasted_ms`, 0 where there was none. `chance`: 0 to 1. */
  after(lasted_ms: number, chance: number): number {
    if (lasted_ms >= LASTING_MS) this.#next_ms = FIRST_MS;
    const wait_ms = this.#next_ms * (0.5 + chance / 2);
    this.#next_ms = Math.min(this.#next_ms * 2, LONGEST_MS);
    return wait_ms;
  }
}
