// Decides which notices are due: the first of a topic at once, and later at most one in each interval, with the number of
// those left out. It writes nothing.

/** Topics that are kept. When there are as many, those that are due again are forgotten; further topics are never due. */
const TOPICS_MAX = 4096;
/** Lines of a crowd in each interval. */
const CROWD_LINES_MAX = 30;
/** The time between two attempts to forget topics, since each looks at all of them. */
const FORGET_EVERY_MS = 1000;

interface Topic {
  due: number;
  left_out: number;
}

/** Decides which notices are due: one of each topic in `every_ms`. */
export class Repeats {
  readonly #every_ms: number;
  readonly #topics = new Map<string, Topic>();
  #forgetAt = Number.NEGATIVE_INFINITY;

  constructor(every_ms: number) {
    this.#every_ms = every_ms;
  }

  /**
   * Undefined if the topic is not due at `now` (ms): the notice is then counted as left out. Else the number of notices
   * left out since the topic was last due. `more`: notices that this one stands for, added to the number.
   */
  due(topic: string, now: number, more = 0): number | undefined {
    const known = this.#topics.get(topic);
    if (known === undefined) {
      if (this.#topics.size >= TOPICS_MAX) this.#forget(now);
      if (this.#topics.size >= TOPICS_MAX) return undefined;
      this.#topics.set(topic, { due: now + this.#every_ms, left_out: 0 });
      return more;
    }
    if (now < known.due) {
      known.left_out += 1 + more;
      return undefined;
    }
    const { left_out } = known;
    known.due = now + this.#every_ms;
    known.left_out = 0;
    return left_out + more;
  }

  /** Forgets topics that are due again. What was left out of them is not told. */
  #forget(now: number): void {
    if (now < this.#forgetAt) return;
    this.#forgetAt = now + FORGET_EVERY_MS;
    for (const [topic, { due }] of this.#topics) if (due <= now) this.#topics.delete(topic);
  }
}

/** Decides which notices of a crowd are due: one of each topic in `every_ms`, and CROWD_LINES_MAX of all topics together. */
export class CrowdRepeats {
  readonly #every_ms: number;
  readonly #repeats: Repeats;
  #ends = Number.NEGATIVE_INFINITY;
  #lines = 0;
  /** Notices that were due, but kept out by the bound. */
  #leftOut = 0;

  constructor(every_ms: number) {
    this.#every_ms = every_ms;
    this.#repeats = new Repeats(every_ms);
  }

  /** As `Repeats.due`. The number stands also for notices of other topics that the bound has kept out. */
  due(topic: string, now: number, more = 0): number | undefined {
    const own = this.#repeats.due(topic, now, more);
    if (own === undefined) return undefined;
    if (!this.#hasLine(now)) {
      this.#leftOut += 1 + own;
      return undefined;
    }
    const all = own + this.#leftOut;
    this.#leftOut = 0;
    return all;
  }

  #hasLine(now: number): boolean {
    if (now >= this.#ends) {
      this.#ends = now + this.#every_ms;
      this.#lines = 0;
    }
    this.#lines += 1;
    return this.#lines <= CROWD_LINES_MAX;
  }
}
