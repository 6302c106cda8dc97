// The line with which a race begins because it works for neighbours (routes/hints.ts). Other lines wait for it as long as the hint
// says, but no longer than until one of its attempts has failed, or it has nothing to try. Pure.

export class HintedLine {
  readonly line: number;
  /** Until when the others wait. */
  until: number;
  /** Whether it starts at once also where it is dearer than others. */
  readonly passes: boolean;
  hasHeldBack = false;
  /** Its candidates that are waiting or under way. */
  #open = 0;
  #hasBegun = false;

  constructor(line: number, until: number, passes: boolean) {
    this.line = line;
    this.until = until;
    this.passes = passes;
  }

  /** Whether a line has to wait. */
  holdsBack(line: number, now: number): boolean {
    const holds = line !== this.line && now < this.until;
    this.hasHeldBack ||= holds;
    return holds;
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
  }
}
