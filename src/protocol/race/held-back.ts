// Candidates of a first contact against which other gateways of the site speak: they wait until the others have had a moment. What other
// gateways say is never more than an order: all start, and none waits for long. Pure.
import type { Candidate } from '../lines/candidate.js';
import { EMPTY } from './short-list.js';

/** What other gateways say against this one, where it is not to go with the others. */
export type SpokenAgainst = (candidate: Candidate) => boolean;

export class HeldBack {
  /** Until when they wait. */
  #until: number;
  readonly #isSpokenAgainst: SpokenAgainst;
  /** A list for each line. */
  #waiting: readonly (readonly Candidate[])[] = EMPTY;
  #hasHeld = false;

  constructor(until: number, isSpokenAgainst: SpokenAgainst) {
    this.#until = until;
    this.#isSpokenAgainst = isSpokenAgainst;
  }

  /** Keeps those of a line that have to wait, and returns the others in their order. */
  sort(candidates: readonly Candidate[]): readonly Candidate[] {
    if (this.#until === Number.NEGATIVE_INFINITY) return candidates;
    const held = candidates.filter((one) => this.#isSpokenAgainst(one));
    if (held.length === 0) return candidates;
    this.#waiting = [...this.#waiting, held];
    this.#hasHeld = true;
    return candidates.filter((one) => !held.includes(one));
  }

  /** Lists of those that need not wait any more; none is given twice. */
  due(now: number): readonly (readonly Candidate[])[] {
    if (now < this.#until || this.#waiting.length === 0) return EMPTY;
    const due = this.#waiting;
    this.#waiting = EMPTY;
    return due;
  }

  /** The same of one line, before its time: it goes first. */
  dueOf(line: number): readonly (readonly Candidate[])[] {
    const due = this.#waiting.filter(([one]) => one.line === line);
    if (due.length > 0) this.#waiting = this.#waiting.filter(([one]) => one.line !== line);
    return due;
  }

  /** Nobody waits any more: another candidate has failed, or is of no use. */
  release(): void {
    this.#until = Number.NEGATIVE_INFINITY;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether any candidate has had to wait. */
  get hasHeld(): boolean {
    return this.#hasHeld;
  }

  get until(): number {
    return this.#until;
  }
}
