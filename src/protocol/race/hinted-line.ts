// The line with which a race begins because it works for neighbours (routes/hints.ts) or for another gateway
// (routes/foreign-hint.ts). Other lines wait for it as long as the hint says, but no longer than until one of its attempts has
// failed, or it has nothing to try. Pure.
import { type Candidate, sameCandidate } from '../lines/candidate.js';
import type { ToldBeside } from '../routes/foreign-hint.js';

export class HintedLine {
  readonly line: number;
  /** Until when the others wait. */
  until: number;
  /** Whether it starts at once also where it is dearer than others. */
  readonly passes: boolean;
  hasHeldBack = false;
  readonly #beside: ToldBeside | undefined;
  #isReleased = false;
  /** Its candidates that are waiting or under way. */
  #open = 0;
  #hasBegun = false;

  constructor(line: number, until: number, passes: boolean, beside?: ToldBeside) {
    this.line = line;
    this.until = until;
    this.passes = passes;
    this.#beside = beside;
  }

  /** Whether a line has to wait. */
  holdsBack(line: number, now: number): boolean {
    const holds = line !== this.line && now < (this.#isMute(line) ? this.muteUntil : this.until);
    this.hasHeldBack ||= holds;
    return holds;
  }

  #isMute(line: number): boolean {
    return this.#beside?.mute.includes(line) === true;
  }

  /** Until when lines wait that are said to connect without an answer. */
  get muteUntil(): number {
    return this.#isReleased || this.#beside === undefined ? this.until : this.#beside.muteUntil;
  }

  /** When a line that waits for longer than others may start; undefined where none of these does. */
  mayStartLate(lists: readonly (readonly Candidate[])[], now: number): number | undefined {
    const { muteUntil } = this;
    if (muteUntil <= Math.max(now, this.until)) return undefined;
    return lists.some(([{ line }]) => line !== this.line && this.#isMute(line)) ? muteUntil : undefined;
  }

  /** The candidates of one line in their order, the address that is told of first. */
  ordered(candidates: readonly Candidate[]): readonly Candidate[] {
    const ip = this.#beside?.ip;
    if (ip === undefined || candidates[0].line !== this.line) return candidates;
    const first = candidates.findIndex((one) => sameCandidate(one, { line: this.line, ip }));
    if (first <= 0) return candidates;
    return [candidates[first], ...candidates.slice(0, first), ...candidates.slice(first + 1)];
  }

  /** Whether its first candidate goes before those of all others. */
  get isFirst(): boolean {
    return !this.#hasBegun;
  }

  offered(line: number, count: number): void {
    if (line === this.line) this.#open += count;
  }

  started(line: number): void {
    if (line === this.line) this.#hasBegun = true;
  }

  failed(line: number): void {
    if (line === this.line) this.release();
  }

  /** All candidates of a line have been offered. */
  settled(line: number): void {
    if (line !== this.line) return;
    if (this.#open === 0) this.release();
  }

  /** Nobody waits for it any more. */
  release(): void {
    this.until = Number.NEGATIVE_INFINITY;
    this.#isReleased = true;
  }
}
