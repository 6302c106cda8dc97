// A timeout for an answer: a timer that lets the sockets be read before it acts. When the thread itself was away (a stopped
// process, a suspended machine), it starts again once, since what arrived meanwhile has not been read and a handshake could
// not go on. Not for timers that only begin something.

/** A timer that is this late shows that the thread was away, not that nobody answered. */
const AWAY_MS = 250;
/** How much longer pending work has after the thread was away: some round trips. */
const AGAIN_MS = 1000;

/** Calls `over` once, `ms` milliseconds after it was made, unless it is cancelled. */
export class Countdown {
  readonly #ms: number;
  readonly #over: () => void;
  #due_ms: number;
  #timer: NodeJS.Timeout;
  #look: NodeJS.Immediate | undefined;
  #again = false;

  constructor(ms: number, over: () => void) {
    this.#ms = ms;
    this.#over = over;
    this.#due_ms = performance.now() + ms;
    this.#timer = setTimeout(() => this.#due(), ms);
  }

  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#look);
  }

  #due(): void {
    if (this.#again || performance.now() - this.#due_ms < AWAY_MS) {
      this.#look = setImmediate(this.#over);
      return;
    }
    this.#again = true;
    this.#timer = setTimeout(() => this.#due(), Math.min(this.#ms, AGAIN_MS));
  }
}
