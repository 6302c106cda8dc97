// Bounds the attempts that are under way: in one race, on one line and in all of this actor. The bounds shrink as descriptors
// run short, and a race always gets one attempt in the end. It starts no attempt itself.
import { tableLength } from '../../../../protocol/lines/numbers.js';
import type { Options } from '../../../../protocol/options.js';

/** A race that waits for a place. `roomMade` is called once when there may be one. */
export interface Waiting {
  roomMade(): void;
}

/** The part of the remaining places that one race may take. */
const SHARE = 1 / 4;

export type BudgetOptions = Pick<Options, 'race' | 'limits' | 'workers' | 'lines'>;

export class AttemptBudget {
  #race_max = 0;
  #line_max = 0;
  #total_max = 0;
  #racing_max = 0;
  /** Attempts under way, by the number of the line. */
  #byLine = new Int32Array(0);
  #total = 0;
  #held = 0;
  /** By the number of the line: its waiting races in the order of arrival, with their numbers in that order over all lines. */
  readonly #waiting: Map<Waiting, number>[] = [];
  #came = 0;

  /** Gets this actor's share of the limits, which hold for all `workers` together. */
  constructor(options: BudgetOptions) {
    this.set(options);
  }

  /** Sets other limits and lines. Attempts that are under way go on, and count. */
  set({ race, limits, workers, lines }: BudgetOptions): void {
    this.#race_max = race.attempts_max;
    this.#line_max = Math.max(1, Math.floor(race.line_attempts_max / workers));
    this.#total_max = Math.max(1, Math.floor(race.total_attempts_max / workers));
    this.#racing_max = limits.racing_max;
    const byLine = new Int32Array(Math.max(this.#byLine.length, tableLength(lines)));
    byLine.set(this.#byLine);
    this.#byLine = byLine;
    while (this.#waiting.length < byLine.length) this.#waiting.push(new Map());
  }

  /** Attempts under way on all lines. */
  get total(): number {
    return this.#total;
  }

  /** Attempts under way on a line. */
  underWay(line: number): number {
    return this.#byLine[line];
  }

  /** How many attempts a race may have under way at this moment. */
  most(): number {
    const spare = Math.floor((this.#racing_max - this.#total - this.#held) * SHARE);
    return Math.min(this.#race_max, Math.max(1, spare));
  }

  /** Whether a race may have fewer attempts than usual, since descriptors run short. Nobody is told when that is over. */
  get isShort(): boolean {
    return this.most() < this.#race_max;
  }

  /** Whether no descriptor can be spared for a connection that is only held in reserve. */
  get isTight(): boolean {
    return this.#total + this.#held >= this.#racing_max;
  }

  /** Counts one more connection that is held beside the used one. */
  hold(): void {
    this.#held += 1;
  }

  /** Counts `connections` fewer that are held. */
  letGo(connections: number): void {
    this.#held -= connections;
  }

  /** Whether one more attempt may start on the line. */
  hasRoom(line: number): boolean {
    return this.#total < this.#total_max && this.#byLine[line] < this.#line_max;
  }

  /** Counts an attempt that starts on the line; `give` must follow. */
  take(line: number): void {
    this.#total += 1;
    this.#byLine[line] += 1;
  }

  /** Counts an attempt that has ended, and wakes races that wait for the room. */
  give(line: number): void {
    const wasFull = this.#total >= this.#total_max;
    this.#total -= 1;
    this.#byLine[line] -= 1;
    // A race that is woken and no longer needs the room must not keep the next one from it.
    for (let tries = this.#waitingFor(line, wasFull); tries > 0; tries -= 1) {
      const next = wasFull ? this.#longest() : line;
      if (next === undefined || !this.hasRoom(next) || !this.#wake(next)) return;
    }
  }

  /** The most races to wake: races that begin to wait meanwhile are not included. */
  #waitingFor(line: number, all: boolean): number {
    if (!all) return this.#waiting[line].size;
    let sum = 0;
    for (const { size } of this.#waiting) sum += size;
    return sum;
  }

  /** The line with room whose first race has waited longest. */
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

  /** Wakes the race once when there is room on the line, unless `forget` is called before. */
  wait(race: Waiting, line: number): void {
    if (this.#waiting[line].has(race)) return;
    this.#came += 1;
    this.#waiting[line].set(race, this.#came);
  }

  /** Removes a race that no longer waits, from all lines. */
  forget(race: Waiting): void {
    for (const waiting of this.#waiting) waiting.delete(race);
  }
}
