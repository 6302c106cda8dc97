// The clock of a thread that waits in an engine: the monotonic clock without the time in which the thread did not run
// (SIGSTOP, `docker pause`, a machine that gives it no CPU), as the monotonic clock itself leaves out a suspend. Deadlines
// that go by it give a peer its whole time, and nothing that is measured with it is longer than the peer took.

/** A thread that comes back this much later than it had to was away. What a turn does itself takes far less. */
const AWAY_MS = 100;

export class ThreadClock {
  /** Whether the thread was away before the last look. */
  wasAway = false;
  /** Of the monotonic clock. */
  #looked = performance.now();
  #away = 0;

  /**
   * The time in ms, after a wait of `wait_ms` at most. An absence counts for AWAY_MS, so that the clock goes on even in a
   * thread that is away again and again.
   */
  look(wait_ms: number): number {
    const time = performance.now();
    const passed = time - this.#looked;
    this.#looked = time;
    this.wasAway = passed > wait_ms + AWAY_MS;
    if (this.wasAway) this.#away += passed - AWAY_MS;
    return time - this.#away;
  }

  /** The time in ms between two looks. */
  read(): number {
    return performance.now() - this.#away;
  }
}
