// Spreads the beats of many over the time, so that each has one in a period and none of them come together. No clock: the
// time is an argument. What is missed is not made up for.

/** Beats of one look: a pause must not end in a burst. */
const AT_ONCE_MAX = 128;

export class Pace {
  readonly #period_ms: number;
  /** The time up to which beats have been counted. */
  #counted_ms = Number.NaN;

  constructor(period_ms: number) {
    this.#period_ms = period_ms;
  }

  /** How many of `members` are due since the last call; none at the first one. */
  due(now_ms: number, members: number): number {
    if (Number.isNaN(this.#counted_ms)) this.#counted_ms = now_ms;
    if (members === 0) return 0;
    const gap_ms = this.#period_ms / members;
    const due = Math.floor((now_ms - this.#counted_ms) / gap_ms);
    if (due <= AT_ONCE_MAX) {
      this.#counted_ms += due * gap_ms;
      return due;
    }
    this.#counted_ms = now_ms;
    return AT_ONCE_MAX;
  }
}
