// The clock of a thread that waits in an engine: the monotonic clock without the time during which the thread did not run
// (SIGSTOP, `docker pause`, no CPU), just as the monotonic clock leaves out a suspend of the machine. A deadline by this
// clock leaves a peer its whole time, and a time measured with it is the peer's alone. It sets no timers.

/** A thread that is this much later than its wait allowed has not run meanwhile. The work of a turn takes far less. */
const AWAY_MS = 100;

export class ThreadClock {
  /** Whether the thread did not run for a while before the last `look`. */
  wasAway = false;
  /** The monotonic time of the last `look`, and all time left out so far, in ms. */
  #looked = performance.now();
  #away = 0;
  /** The last time that was told. An absence is never left out of what was told already: the clock does not go back. */
  #told = this.#looked;

  /**
   * The time in ms, called after a wait of at most `wait_ms`. An absence counts as AWAY_MS, so that the clock advances even
   * in a thread that is stopped again and again.
   */
  look(wait_ms: number): number {
    const time = performance.now();
    const passed = time - this.#looked;
    this.#looked = time;
    this.wasAway = passed > wait_ms + AWAY_MS;
    if (this.wasAway) this.#away = Math.min(this.#away + passed - AWAY_MS, time - this.#told);
    this.#told = time - this.#away;
    return this.#told;
  }

  /** The time in ms now; for use between two calls of `look`. */
  read(): number {
    this.#told = performance.now() - this.#away;
    return this.#told;
  }
}
