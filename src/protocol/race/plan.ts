// The plan of one race: which candidate starts when. It is told what happens and says what is to be started now, and when
// it wants to be asked again. Pure: no sockets, no clock; the same events at the same times give the same race.
//
// Something known: the best starts first and alone; when it is late by its own history, or fails, all others follow.
// Nothing known: all at once, or one every `stagger_ms` (RFC 8305 section 5); a failure starts the next at once.
import { type Candidate, sameCandidate } from '../lines/candidate.js';
import type { CandidateMemory } from '../routes/candidate-memory.js';

export interface PlanRules {
  /** Time between two starts where nothing is known; 0 starts all at once. */
  readonly stagger_ms: number;
  /** What a candidate gets beyond what its history allows. */
  readonly margin_ms: number;
  /** How long one without history may be alone. */
  readonly unknown_ms: number;
}

/** Whether one more may start on a line now. */
export interface Room {
  hasRoom(line: number): boolean;
}

export class RacePlan {
  readonly #rules: PlanRules;
  /** A list for each line, which take turns. */
  readonly #waiting: Candidate[][] = [];
  /** For when nothing else is left: candidates that only ever fail, and lines whose proxy cannot be reached. */
  readonly #lastResort: Candidate[] = [];
  /** What went first and alone. */
  #lead: Candidate | undefined;
  #running = 0;
  /** When the next may start. */
  #next = Number.NEGATIVE_INFINITY;

  constructor(rules: PlanRules) {
    this.#rules = rules;
  }

  /** Attempts under way. */
  get running(): number {
    return this.#running;
  }

  /** The best one begins now; the others are offered when `othersDue`. */
  lead(best: CandidateMemory, now: number): void {
    this.#lead = best;
    this.#running += 1;
    this.#next = now + best.connect.late(this.#rules.margin_ms, this.#rules.unknown_ms);
  }

  /** Candidates of one line, in the order to try. What has been tried as the lead is left out. */
  offer(candidates: readonly Candidate[], lastResort: boolean): void {
    const lead = this.#lead;
    const fresh = candidates.filter((one) => lead === undefined || !sameCandidate(lead, one));
    if (fresh.length === 0) return;
    if (lastResort) this.#lastResort.push(...fresh);
    else this.#waiting.push(fresh);
  }

  /** Whether others than the lead may start. */
  othersDue(now: number): boolean {
    return now >= this.#next;
  }

  /** The next to start now, with at most `most` under way and on a line that has room; undefined for none. */
  take(now: number, most: number, room: Room): Candidate | undefined {
    if (now < this.#next || this.#running >= most) return undefined;
    const candidate = this.#shift(room);
    if (candidate === undefined) return undefined;
    this.#running += 1;
    if (this.#rules.stagger_ms > 0) this.#next = now + this.#rules.stagger_ms;
    return candidate;
  }

  #shift(room: Room): Candidate | undefined {
    const place = this.#waiting.findIndex(([first]) => room.hasRoom((first as Candidate).line));
    if (place >= 0) {
      const [candidates] = this.#waiting.splice(place, 1);
      const candidate = (candidates as Candidate[]).shift();
      if ((candidates as Candidate[]).length > 0) this.#waiting.push(candidates as Candidate[]);
      return candidate;
    }
    if (this.#running > 0 || this.#waiting.length > 0) return undefined;
    const last = this.#lastResort.findIndex(({ line }) => room.hasRoom(line));
    return last < 0 ? undefined : this.#lastResort.splice(last, 1)[0];
  }

  /** An attempt that was taken has ended without being connected: the next may start at once. */
  failed(now: number): void {
    this.#running -= 1;
    this.#next = now;
  }

  /** An attempt that was taken is connected. */
  connected(): void {
    this.#running -= 1;
  }

  /** What is connected does not answer: the next may start at once. */
  demand(now: number): void {
    this.#next = Math.min(this.#next, now);
  }

  /** When the next may start, in the time of `now`; one that is past waits for an event. */
  wakeAt(): number {
    return this.#next;
  }

  /** Whether some wait for their turn. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0 || this.#lastResort.length > 0;
  }
}
