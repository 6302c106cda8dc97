// How many attempts may be under way: in one race, on one line and in all of this actor. The bounds shrink as descriptors
// run short, and a race always gets one attempt in the end. It starts none itself.
import type { Options } from '../../protocol/options.js';

/** A race that waits for a place. */
export interface Waiting {
  roomMade(): void;
}

/** Of the places that are left for racing, a race takes at most this part. */
const SHARE = 1 / 4;

export class AttemptBudget {
  readonly #race_max: number;
  readonly #line_max: number;
  readonly #total_max: number;
  readonly #racing_max: number;
  readonly #byLine: Int32Array;
  #total = 0;
  /** By line, in the order in which they came. */
  readonly #waiting: readonly Set<Waiting>[];

  /** Its share of what all `workers` may have. */
  constructor({ race, limits, workers, lines }: Options) {
    this.#race_max = race.attempts_max;
    this.#line_max = Math.max(1, Math.floor(race.line_attempts_max / workers));
    this.#total_max = Math.max(1, Math.floor(race.total_attempts_max / workers));
    this.#racing_max = limits.racing_max;
    this.#byLine = new Int32Array(lines.length);
    this.#waiting = lines.map(() => new Set());
  }

  /** Attempts under way. */
  get total(): number {
    return this.#total;
  }

  /** How many attempts a race may have under way now. */
  most(): number {
    const spare = Math.floor((this.#racing_max - this.#total) * SHARE);
    return Math.min(this.#race_max, Math.max(1, spare));
  }

  /** Whether there is no descriptor to spare for a connection that is only held. */
  get isTight(): boolean {
    return this.#total >= this.#racing_max;
  }

  hasRoom(line: number): boolean {
    return this.#total < this.#total_max && this.#byLine[line] < this.#line_max;
  }

  take(line: number): void {
    this.#total += 1;
    this.#byLine[line] += 1;
  }

  give(line: number): void {
    const wasFull = this.#total >= this.#total_max;
    this.#total -= 1;
    this.#byLine[line] -= 1;
    if (!this.#wake(line) && wasFull) this.#waiting.some((_, other) => this.#wake(other));
  }

  #wake(line: number): boolean {
    for (const race of this.#waiting[line]) {
      this.#waiting[line].delete(race);
      race.roomMade();
      return true;
    }
    return false;
  }

  /** Until `forget`, the race is told once when there is room on the line. */
  wait(race: Waiting, line: number): void {
    this.#waiting[line].add(race);
  }

  forget(race: Waiting): void {
    for (const waiting of this.#waiting) waiting.delete(race);
  }
}
