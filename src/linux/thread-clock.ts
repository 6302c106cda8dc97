// The clock of a thread that waits in an engine: the monotonic clock without the time during which the thread did not run
// (SIGSTOP, `docker pause`, no CPU), just as the monotonic clock leaves out a suspend of the machine. A deadline by this
// clock leaves a peer its whole time, and a time measured with it is the peer's alone. It sets no timers.

/** A thread that is this much later than its wait allowed has not run meanwhile. The work of a turn takes far less. */
const AWAY_MS = 100;

export class ThreadClock {
  /** Whether the thread did not run for a while between the last two calls of `look`. */
  wasAway = false;
  /** The same since the last call. */
  #isAway = false;
  /** The monotonic time of the last `look`, that of the last `look` or `read`, and all time left out so far, in ms. */
  #looked = performance.now();
  #seen = this.#looked;
  #leftOut = 0;

  /** The time in ms, called after a wait of at most `wait_ms`. */
  look(wait_ms: number): number {
    const told = this.#passed(wait_ms);
    this.#looked = this.#seen;
    this.wasAway = this.#isAway;
    this.#isAway = false;
    return told;
  }

  /** The time in ms now; for use between two calls of `look`. */
  read(): number {
    return this.#passed(0);
  }

  /** Milliseconds since the last `look`, with those during which the thread did not run. */
  sinceLook(): number {
    return performance.now() - this.#looked;
  }

  /**
   * Whoever asks first after an absence leaves it out, in the midst of a turn, too: what was told once cannot be taken back. An
   * absence counts as AWAY_MS, so that the clock advances even in a thread that is stopped again and again.
   */
  #passed(meant_ms: number): number {
    const time = performance.now();
    const passed = time - this.#seen;
    this.#seen = time;
    if (passed > meant_ms + AWAY_MS) {
      this.#leftOut += passed - AWAY_MS;
      this.#isAway = true;
    }
    return time - this.#leftOut;
  }
}
