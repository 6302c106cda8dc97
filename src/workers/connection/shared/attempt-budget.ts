// How many attempts may be under way: in one race, on one line and in all of this actor. The bounds shrink as descriptors
// run short, and a race always gets one attempt in the end. It starts none itself.
import { tableLength } from '../../../protocol/lines/numbers.js';
import type { Options } from '../../../protocol/options.js';

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
  /** By number. */
  readonly #byLine: Int32Array;
  #total = 0;
  #held = 0;
  /** By the number of the line, in the order in which they came, with their numbers in that order over all lines. */
  readonly #waiting: readonly Map<Waiting, number>[];
  #came = 0;

  /** Its share of what all `workers` may have. */
  constructor({ race, limits, workers, lines }: Options) {
    this.#race_max = race.attempts_max;
    this.#line_max = Math.max(1, Math.floor(race.line_attempts_max / workers));
    this.#total_max = Math.max(1, Math.floor(race.total_attempts_max / workers));
    this.#racing_max = limits.racing_max;
    this.#byLine = new Int32Array(tableLength(lines));
    this.#waiting = Array.from(this.#byLine, () => new Map());
  }

  /** Attempts under way. */
  get total(): number {
    return this.#total;
  }

  /** Attempts under way on a line. */
  underWay(line: number): number {
    return this.#byLine[line];
  }

  /** How many attempts a race may have under way now. */
  most(): number {
    const spare = Math.floor((this.#racing_max - this.#total - this.#held) * SHARE);
    return Math.min(this.#race_max, Math.max(1, spare));
  }

  /** Whether there is no descriptor to spare for a connection that is only held. */
  get isTight(): boolean {
    return this.#total + this.#held >= this.#racing_max;
  }

  /** One more connection is held beside the one that is used. */
  hold(): void {
    this.#held += 1;
  }

  /** So many are held no more. */
  letGo(connections: number): void {
    this.#held -= connections;
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
    // One that has been told and has no use for the room any more must not keep it from the next.
    for (let tries = this.#waitingFor(line, wasFull); tries > 0; tries -= 1) {
      const next = wasFull ? this.#longest() : line;
      if (next === undefined || !this.hasRoom(next) || !this.#wake(next)) return;
    }
  }

  /** How many may have to be told at most: what begins to wait meanwhile is not among them. */
  #waitingFor(line: number, all: boolean): number {
    if (!all) return this.#waiting[line].size;
    let sum = 0;
    for (const { size } of this.#waiting) sum += size;
    return sum;
  }

  /** Of the lines with room the one for which somebody waits longest. */
  #longest(): number | undefined {
    let longest: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (let line = 0; line < this.#waiting.length; line += 1) {
      const came = this.#waiting[line].values().next().value ?? Number.POSITIVE_INFINITY;
      if (came >= least || !this.hasRoom(line)) continue;
      least = came;
      longest = line;
    }
    return longest;
  }

  #wake(line: number): boolean {
    for (const race of this.#waiting[line].keys()) {
      this.#waiting[line].delete(race);
      race.roomMade();
      return true;
    }
    return false;
  }

  /** Until `forget`, the race is told once when there is room on the line. */
  wait(race: Waiting, line: number): void {
    if (this.#waiting[line].has(race)) return;
    this.#came += 1;
    this.#waiting[line].set(race, this.#came);
  }

  forget(race: Waiting): void {
    for (const waiting of this.#waiting) waiting.delete(race);
  }
}
