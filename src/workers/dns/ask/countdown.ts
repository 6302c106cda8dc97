// How long silence is waited for: a timer that looks at the sockets before it acts, and that starts again once when the
// thread itself was away (a stopped process, a suspended machine), since what came meanwhile has not been read, and a
// handshake could not go on. Not for timers that only begin something.

/** So late a timer says that the thread was away, not that nobody answered. */
const AWAY_MS = 250;
/** What was under way then has this much longer: some round trips. */
const AGAIN_MS = 1000;

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
