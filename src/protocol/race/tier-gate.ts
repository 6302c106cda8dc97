// When the lines of a race may start, where some are preferred to others (lines/preferences.ts). A tier opens when every line of
// the lower ones is late or has failed. Within a tier a dearer line waits for its cost, and of equal lines with weights one goes
// first. The plan asks it for each line that waits. Pure.
import type { Candidate } from '../lines/candidate.js';
import type { Preferences } from '../lines/preferences.js';

/** What a gate asks of those who know the lines and the destination. */
export interface Patience {
  /** How long this candidate may hold back others, in ms; 0 where nothing is expected of it. */
  holds_ms(candidate: Candidate): number;
  /** The one of equal lines that goes first; undefined where they go together. */
  firstOf(lines: readonly number[]): number | undefined;
}

interface Runner {
  readonly line: number;
  readonly tier: number;
  readonly cost_ms: number;
  /** Whether its candidates are still looked up. */
  awaited: boolean;
  waiting: number;
  /** Attempts that are under way or connected. */
  alive: number;
  /** When its first attempt began; NaN before that. */
  began: number;
  /** How long it may hold back others once it has begun. */
  holds_ms: number;
  /** It holds back nothing any more. */
  isLate: boolean;
  /** The equal line that goes first in its place. */
  behind: Runner | undefined;
}

const NEVER = Number.POSITIVE_INFINITY;
const AT_ONCE = Number.NEGATIVE_INFINITY;

export class TierGate {
  readonly #preferences: Preferences;
  readonly #patience: Patience;
  /** How long a line may be looked up before it holds back nothing. */
  readonly #lookup_ms: number;
  readonly #runners: Runner[] = [];
  /** The highest tier that is open, and since when. */
  #tier = -1;
  #opened = AT_ONCE;
  /** When the first line came. */
  #begun = Number.NaN;

  constructor(preferences: Preferences, patience: Patience, lookup_ms: number) {
    this.#preferences = preferences;
    this.#patience = patience;
    this.#lookup_ms = lookup_ms;
  }

  /** Before all other calls: the lead's tier and all below it are open. `runs`: it is under way, or does not answer. */
  follow(lead: Candidate, runs: boolean, now: number): void {
    const { line } = lead;
    this.#begun = now;
    this.#tier = this.#preferences.tierOf(line);
    this.#opened = now;
    if (!runs) return;
    const runner = this.#open(line);
    runner.isLate = true;
    runner.alive = 1;
    runner.began = now;
  }

  /** The line takes part: it holds back others from now on, until its candidates are known. */
  expect(line: number, now: number): void {
    if (Number.isNaN(this.#begun)) this.#begun = now;
    const runner = this.#runners.find((one) => one.line === line);
    if (runner === undefined) this.#open(line).awaited = true;
    else runner.awaited = true;
  }

  /** All candidates of the line have been offered. */
  settled(line: number): void {
    const runner = this.#runners.find((one) => one.line === line);
    if (runner !== undefined) runner.awaited = false;
  }

  /** These candidates of one line wait for their turn. A line that was not expected holds back nothing. */
  offer(candidates: readonly Candidate[]): void {
    const [{ line }] = candidates;
    let runner = this.#runners.find((one) => one.line === line);
    if (runner === undefined) {
      runner = this.#open(line);
      runner.isLate = true;
    }
    runner.waiting += candidates.length;
    for (const one of candidates) runner.holds_ms = Math.max(runner.holds_ms, this.#patience.holds_ms(one));
  }

  #open(line: number): Runner {
    const runner: Runner = {
      ...{ line, tier: this.#preferences.tierOf(line), cost_ms: this.#preferences.costOf(line) },
      ...{ awaited: false, waiting: 0, alive: 0, began: Number.NaN, holds_ms: 0, isLate: false, behind: undefined },
    };
    this.#runners.push(runner);
    return runner;
  }

  started({ line }: Candidate, now: number): void {
    const runner = this.#runners.find((one) => one.line === line);
    if (runner === undefined) return;
    runner.waiting -= 1;
    runner.alive += 1;
    if (Number.isNaN(runner.began)) runner.began = now;
  }

  failed({ line }: Candidate): void {
    const runner = this.#runners.find((one) => one.line === line);
    if (runner !== undefined && runner.alive > 0) runner.alive -= 1;
  }

  /** What is connected does not answer: what has begun so far holds back nothing. */
  demand(): void {
    for (const runner of this.#runners) if (!Number.isNaN(runner.began)) runner.isLate = true;
  }

  /** Whether the line may start now. `advance` has been called. */
  isOpen(line: number, now: number): boolean {
    const runner = this.#runners.find((one) => one.line === line);
    return runner === undefined || now >= this.#dueOf(runner);
  }

  /** Opens the tiers that are due. */
  advance(now: number): void {
    for (;;) {
      const next = this.#nextTier();
      if (next === undefined || now < this.#heldUntil()) return;
      this.#tier = next;
      this.#opened = now;
      this.#putInOrder(next);
    }
  }

  /** Whether, at that time, a line may start that waits. */
  isReady(at: number): boolean {
    if (this.#nextTier() !== undefined && at >= this.#heldUntil()) return true;
    return this.#runners.some((one) => one.waiting > 0 && at >= this.#dueOf(one));
  }

  /**
   * When, after `now`, the next line may start; infinite where only an event can start it. Also a line that is still looked up: the
   * room that is left for it is that of others from then on.
   */
  next(now: number): number {
    const opens = this.#nextTier() === undefined ? NEVER : this.#heldUntil();
    let next = opens > now ? opens : NEVER;
    for (const runner of this.#runners) {
      const mayStart = runner.waiting > 0 || (runner.awaited && Number.isNaN(runner.began));
      const due = mayStart ? this.#dueOf(runner) : NEVER;
      if (due > now) next = Math.min(next, due);
    }
    return next;
  }

  /**
   * How many attempts may be under way, where a race has room for `most`: some of the room is left for those that have to wait, or
   * many addresses that hang would keep it from them. `running`: the attempts under way.
   */
  room(running: number, most: number, now: number): number {
    if (running * 2 < most) return most;
    const open = new Set<string>();
    const waiting = new Set<string>();
    for (const one of this.#runners) {
      const stage = `${one.tier} ${one.cost_ms} ${one.behind === undefined}`;
      if (!Number.isNaN(one.began) || now >= this.#dueOf(one)) open.add(stage);
      else if (!isOver(one)) waiting.add(stage);
    }
    if (waiting.size === 0) return most;
    const left = Math.max(1, Math.floor(most / (2 * (open.size + waiting.size))));
    return Math.max(most - left * waiting.size, Math.min(most, open.size + 1));
  }

  /** Whether there are lines that have not begun, because others come before them. */
  get spares(): boolean {
    return this.#runners.some((one) => Number.isNaN(one.began) && !isOver(one));
  }

  /** The lowest tier that is not open and has lines that may start. */
  #nextTier(): number | undefined {
    let next: number | undefined;
    for (const runner of this.#runners) {
      if (runner.tier > this.#tier && !isOver(runner) && (next === undefined || runner.tier < next)) next = runner.tier;
    }
    return next;
  }

  /** Of lines that are equal one goes first, where they have weights. */
  #putInOrder(tier: number): void {
    const mates = this.#runners.filter((one) => one.tier === tier && !isOver(one) && !one.isLate);
    for (const cost_ms of new Set(mates.map((one) => one.cost_ms))) {
      const equal = mates.filter((one) => one.cost_ms === cost_ms);
      if (equal.length < 2) continue;
      const chosen = this.#patience.firstOf(equal.map(({ line }) => line));
      const first = equal.find(({ line }) => line === chosen);
      for (const one of equal) one.behind = one === first ? undefined : first;
    }
  }

  /** Until when the open tiers hold back the next one. */
  #heldUntil(): number {
    let until = AT_ONCE;
    for (const runner of this.#runners) if (runner.tier <= this.#tier) until = Math.max(until, this.#untilOf(runner));
    return until;
  }

  /** Until when a line of an open tier holds back others. */
  #untilOf(runner: Runner): number {
    if (isOver(runner) || runner.isLate) return AT_ONCE;
    if (!Number.isNaN(runner.began)) return runner.began + runner.holds_ms;
    if (runner.waiting === 0) return this.#begun + this.#lookup_ms;
    // It waits for its turn, or for room, and then has its time.
    return Math.max(this.#dueOf(runner), this.#opened) + runner.holds_ms;
  }

  /** When a line may start. */
  #dueOf(runner: Runner): number {
    if (runner.tier > this.#tier) return NEVER;
    if (runner.tier < this.#tier) return AT_ONCE;
    const { behind } = runner;
    const turn = behind === undefined ? AT_ONCE : this.#untilOf(behind);
    const first = this.#cheapestBefore(runner);
    if (first === undefined) return turn;
    const from = Number.isNaN(first.began) ? this.#opened : first.began;
    return Math.max(turn, from + runner.cost_ms - first.cost_ms);
  }

  /** The cheapest line of its tier that is cheaper, and may still connect in time. */
  #cheapestBefore({ tier, cost_ms }: Runner): Runner | undefined {
    let first: Runner | undefined;
    for (const one of this.#runners) {
      if (one.tier !== tier || one.cost_ms >= (first?.cost_ms ?? cost_ms) || isOver(one) || one.isLate) continue;
      first = one;
    }
    return first;
  }
}

/** Whether nothing of a line is under way or waits. */
function isOver({ awaited, waiting, alive }: Runner): boolean {
  return !awaited && waiting === 0 && alive === 0;
}
