// Whether a line answers "connected" before it is: by the probe, which asks for a destination that cannot answer, or by what it did
// where another line got an answer. Pure: time is an argument.

/** After this many successes without an answer, where another line got one, a line counts as answering early. */
const SILENT_MIN = 3;
/** How long that finding holds: longer than the usual time between two probes. */
const EARLY_MS = 7_200_000;

export class EarlyAnswers {
  #silent = 0;
  #until = Number.NEGATIVE_INFINITY;

  answersEarly(now: number): boolean {
    return now < this.#until;
  }

  /** Sets the result of the probe. */
  set(early: boolean, now: number): void {
    this.#until = early ? now + EARLY_MS : Number.NEGATIVE_INFINITY;
    this.#silent = 0;
  }

  /** It connected without an answer, where another line got one. Returns true if the line now counts as answering early. */
  silent(now: number): boolean {
    this.#silent += 1;
    if (this.#silent < SILENT_MIN) return false;
    const isNews = !this.answersEarly(now);
    this.set(true, now);
    return isNews;
  }

  /** A destination answered over the line. */
  answered(): void {
    this.#silent = 0;
  }
}
