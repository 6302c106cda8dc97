// The plan of one race: which candidate starts when. The race reports events to it and asks what to start at this moment and
// when to ask again. Pure: no sockets, no clock; the same events at the same times give the same race.
//
// If something is known, the best candidate starts first and alone; when it is late by its own history, or fails, all others
// follow. If nothing is known, all start at once, or one every `stagger_ms` (RFC 8305 section 5); a failure starts the next.
// Where some lines are preferred, a gate (tier-gate.ts) says which of those that may start have to wait for others.
// A hint of neighbours or of another gateway puts a line first (hinted-line.ts); what other gateways speak against waits for the others
// (held-back.ts).

import { type Candidate, sameCandidate } from '../lines/candidate.js';
import type { CandidateMemory } from '../routes/candidate-memory.js';
import type { ToldBeside } from '../routes/foreign-hint.js';
import { HeldBack, type SpokenAgainst } from './held-back.js';
import { HintedLine } from './hinted-line.js';
import type { Spared } from './record.js';
import { appended, EMPTY, without } from './short-list.js';
import type { TierGate } from './tier-gate.js';

export interface PlanRules {
  /** Time between two starts where nothing is known, in ms; 0 starts all at once. */
  readonly stagger_ms: number;
  /** Time that a candidate gets beyond what its history allows, in ms. */
  readonly margin_ms: number;
  /** How long a candidate without history may be alone, in ms. */
  readonly unknown_ms: number;
}

/** Whether one more attempt may start on a line at this moment. */
export interface Room {
  hasRoom(line: number): boolean;
}

export class RacePlan {
  readonly #rules: PlanRules;
  /** Undefined where all lines are alike. */
  readonly #gate: TierGate | undefined;
  /** A list for each line; the lines take turns. */
  #waiting: readonly (readonly Candidate[])[] = EMPTY;
  /** For when nothing else is left: candidates that always failed, and lines whose proxy cannot be reached. */
  #lastResort: readonly Candidate[] = EMPTY;
  /** The candidate that went first and alone, and whether it is under way. */
  #lead: Candidate | undefined;
  #leadRuns = false;
  #leadFailed = false;
  #running = 0;
  #hint: HintedLine | undefined;
  #held: HeldBack | undefined;
  /** When the next candidate may start. */
  #next = Number.NEGATIVE_INFINITY;

  constructor(rules: PlanRules, gate?: TierGate) {
    this.#rules = rules;
    this.#gate = gate;
  }

  /** Attempts under way. */
  get running(): number {
    return this.#running;
  }

  /**
   * Starts with the best candidate; the others are to be offered when `othersDue`. `patience_ms`: how much later than others it
   * may be.
   */
  lead(best: CandidateMemory, now: number, patience_ms = 0): void {
    this.#lead = best;
    this.#leadRuns = true;
    this.#running += 1;
    this.#next = now + best.connect.late(this.#rules.margin_ms, this.#rules.unknown_ms) + patience_ms;
  }

  /** Whether some lines are preferred, and `begin` and `settled` are to be called. */
  get isGated(): boolean {
    return this.#gate !== undefined;
  }

  /** Others than the lead take part from now on: these lines, of which nothing speaks against any. */
  begin(lines: readonly number[], now: number): void {
    if (this.#lead !== undefined) this.#gate?.follow(this.#lead, !this.#leadFailed, now);
    for (const line of lines) this.#gate?.expect(line, now);
  }

  /**
   * In place of a lead, and before the first start: this line goes first, and the others wait until then for it at most. `passes`: it
   * waits for no gate.
   */
  hint(line: number, until: number, passes: boolean, beside?: ToldBeside): void {
    const hint = new HintedLine(line, until, passes, beside);
    this.#hint = hint;
    for (const list of this.#held?.dueOf(line) ?? EMPTY) this.#waiting = appended(this.#waiting, list);
    if (this.#waiting.length === 0) return;
    this.#waiting = this.#waiting.map((candidates) => hint.ordered(candidates));
    for (const candidates of this.#waiting) hint.offered(candidates[0].line, candidates.length);
  }

  /**
   * At a first contact, and before any offer: candidates of which this is true wait until then for the others at most, but for those of
   * the line of a hint. Only where no lines are preferred: one that waits would have dearer ones begin.
   */
  hold(until: number, isSpokenAgainst: SpokenAgainst): void {
    if (this.#gate === undefined) this.#held = new HeldBack(until, isSpokenAgainst);
  }

  /** All candidates of all lines have been offered: where none is left that may go before, those that are held back wait for nothing. */
  allOffered(): void {
    if (this.#running === 0 && this.#waiting.length === 0) this.#held?.release();
  }

  /** All candidates of a line have been offered. */
  settled(line: number): void {
    this.#gate?.settled(line);
    this.#hint?.settled(line);
  }

  /** Offers candidates of one line, in the order to try them. The lead is left out. */
  offer(candidates: readonly Candidate[], lastResort: boolean): void {
    const lead = this.#lead;
    const fresh = lead === undefined ? candidates : candidates.filter((one) => !sameCandidate(lead, one));
    if (fresh.length === 0) return;
    if (lastResort) {
      this.#lastResort = [...this.#lastResort, ...fresh];
      return;
    }
    const free = this.#held === undefined || fresh[0].line === this.#hint?.line ? fresh : this.#held.sort(fresh);
    if (free.length === 0) return;
    this.#waiting = appended(this.#waiting, this.#hint?.ordered(free) ?? free);
    this.#gate?.offer(free);
    this.#hint?.offered(free[0].line, free.length);
  }

  /** Whether candidates other than the lead may start. */
  othersDue(now: number): boolean {
    return now >= this.#next;
  }

  /** The next candidate to start, if fewer than `most` are under way and its line has room; undefined for none. */
  take(now: number, most: number, room: Room): Candidate | undefined {
    if (now < this.#next || this.#running >= most) return undefined;
    for (const list of this.#held?.due(now) ?? EMPTY) this.#waiting = appended(this.#waiting, list);
    this.#gate?.advance(now);
    if (this.#gate !== undefined && this.#running >= this.#gate.room(this.#running, most, now)) return undefined;
    const candidate = this.#shift(now, room);
    if (candidate === undefined) return undefined;
    this.#running += 1;
    if (this.#rules.stagger_ms > 0) this.#next = now + this.#rules.stagger_ms;
    return candidate;
  }

  #shift(now: number, room: Room): Candidate | undefined {
    const first = this.#hintedPlace();
    if (first >= 0) {
      if (this.#mayStart(this.#waiting[first][0].line, now, room)) return this.#takeAt(first, now);
      this.#hint?.release();
    }
    for (let place = 0; place < this.#waiting.length; place += 1) {
      if (this.#mayStart(this.#waiting[place][0].line, now, room)) return this.#takeAt(place, now);
    }
    // Nothing starts beside a lead that is in time, and one that is late may hang for long: it holds up nothing more.
    const others = this.#leadRuns ? this.#running - 1 : this.#running;
    if (others > 0 || this.#waiting.length > 0 || this.#held?.isWaiting) return undefined;
    const last = this.#lastResort.findIndex(({ line }) => room.hasRoom(line));
    if (last < 0) return undefined;
    const candidate = this.#lastResort[last];
    this.#lastResort = without(this.#lastResort, last);
    return candidate;
  }

  #mayStart(line: number, now: number, room: Room): boolean {
    const hint = this.#hint;
    if (hint?.holdsBack(line, now)) return false;
    const isOpen =
      this.#gate === undefined || this.#gate.isOpen(line, now) || (hint?.passes === true && line === hint.line);
    return isOpen && room.hasRoom(line);
  }

  #takeAt(place: number, now: number): Candidate {
    const candidates = this.#waiting[place];
    this.#waiting = without(this.#waiting, place);
    if (candidates.length > 1) this.#waiting = appended(this.#waiting, candidates.slice(1));
    this.#gate?.started(candidates[0], now);
    this.#hint?.started(candidates[0].line);
    return candidates[0];
  }

  /** The place of the line that goes first; below 0 where none does, or it has begun. */
  #hintedPlace(): number {
    const hint = this.#hint;
    return hint?.isFirst ? this.#waiting.findIndex(([{ line }]) => line === hint.line) : -1;
  }

  /** The attempt of a candidate has ended without a connection: the next may start at once. */
  failed(candidate: Candidate, now: number): void {
    this.#ended(candidate);
    if (this.#lead !== undefined && sameCandidate(candidate, this.#lead)) this.#leadFailed = true;
    this.#gate?.failed(candidate);
    this.#hint?.failed(candidate.line);
    this.#held?.release();
    this.#next = now;
  }

  /** The attempt of a candidate has connected. */
  connected(candidate: Candidate): void {
    this.#ended(candidate);
  }

  #ended(candidate: Candidate): void {
    this.#running -= 1;
    if (this.#leadRuns && sameCandidate(candidate, this.#lead as Candidate)) this.#leadRuns = false;
  }

  /** The connected candidate does not answer: the next may start at once. */
  demand(now: number): void {
    this.#next = Math.min(this.#next, now);
    this.#gate?.demand();
    this.#hint?.release();
    this.#held?.release();
  }

  /** When the next may start, in the time of `now`. A time in the past means that only an event can start it. */
  wakeAt(now: number): number {
    const held = this.#held?.isWaiting ? Math.max(this.#held.until, this.#next) : undefined;
    if (this.#waiting.length === 0 && held !== undefined) return held;
    return earliest(earliest(this.#wakeAt(now), this.#hint?.mayStartLate(this.#waiting, now), now), held, now);
  }

  #wakeAt(now: number): number {
    const hint = this.#hint;
    const isHintWaiting = hint !== undefined && this.#waiting.some(([{ line }]) => line === hint.line);
    const held = hint === undefined || isHintWaiting ? this.#next : Math.max(this.#next, hint.until);
    if (this.#gate === undefined || this.#waiting.length === 0) return held;
    if (held > now && ((isHintWaiting && hint.passes) || this.#gate.isReady(held))) return held;
    const opens = this.#gate.next(Math.max(now, held));
    return opens === Number.POSITIVE_INFINITY ? held : opens;
  }

  /** Why lines wait that have not begun. */
  get spares(): Spared | undefined {
    if (this.#gate?.spares) return 'cheaper';
    if (this.isHintSparing) return 'hinted';
    return this.#held?.isWaiting ? 'warned' : undefined;
  }

  /** Whether any candidate has had to wait since other gateways speak against it. */
  get hasHeld(): boolean {
    return this.#held?.hasHeld === true;
  }

  /** Whether lines have not begun that had to wait for the one of a hint. */
  get isHintSparing(): boolean {
    return this.#hint?.hasHeldBack === true && this.#waiting.some(([{ line }]) => line !== this.#hint?.line);
  }

  /** Whether candidates of a line wait for their turn; not those for when nothing else is left. */
  isWaiting(line: number): boolean {
    return this.#waiting.some(([one]) => one.line === line);
  }

  /** Whether candidates wait for their turn. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0 || this.#lastResort.length > 0 || this.#held?.isWaiting === true;
  }
}

/** Of two times the earlier one that is still to come; a time that is over says that only an event counts. */
function earliest(wake: number, other: number | undefined, now: number): number {
  if (other === undefined) return wake;
  return wake > now ? Math.min(wake, other) : other;
}
