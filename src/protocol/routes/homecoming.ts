// When a cheaper line is tried again for a destination that a dearer one carries: with a back-off that goes on where it was
// when the cheaper one fails again soon after it came home. home-trial.ts says which candidate is tried.
import { FAILING_MAX_MS, FAILING_MS } from './candidate-memory.js';

/** A cheaper line that has worked for this long after a trial has come home to stay. */
const STAYED_MS = FAILING_MAX_MS;

export class Homecoming {
  /** When the last trial began; before the first one, since when the wait for it goes on. */
  at: number;
  /** Trials since a cheaper line last stayed. */
  tries: number;

  constructor(at: number, tries = 0) {
    this.at = at;
    this.tries = tries;
  }

  /** The link of a cheaper line came back at that time: a trial is due, unless there has been one since. */
  linkCameBack(at: number): void {
    if (at <= this.at) return;
    this.at = at - FAILING_MAX_MS;
    this.tries = 0;
  }

  /** Whether a trial may begin. `worked`: when a cheaper line last worked. */
  isDue(now: number, worked: number): boolean {
    if (this.tries > 0 && worked - this.at >= STAYED_MS) {
      this.tries = 0;
      this.at = worked;
    }
    return this.waits_ms(now) === 0;
  }

  /** Until a trial is due, as far as is known. */
  waits_ms(now: number): number {
    return Math.max(0, this.at + Math.min(FAILING_MS * 2 ** this.tries, FAILING_MAX_MS) - now);
  }

  /** A trial begins. Whatever comes of it, the next one waits longer. */
  begins(now: number): void {
    this.at = now;
    this.tries += 1;
  }
}
