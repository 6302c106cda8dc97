// The race for one target: starts what the plan says (protocol/race/plan.ts), reports the first usable connection, and keeps
// those that connect later in reserve as long as the session wants. candidates.ts gathers the candidates, and
// known-destination.ts takes what is learned of them.
import { formatEndpoint } from '../../../protocol/address/address.js';
import type { Target } from '../../../protocol/address/target.js';
import type { Expiring } from '../../../protocol/deadline-wheel.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import { type Failure, failureOf, mostTelling } from '../../../protocol/race/failure.js';
import { RacePlan, type Room } from '../../../protocol/race/plan.js';
import { destinationKey } from '../../../protocol/routes/destination-key.js';
import type { LineView } from '../../../protocol/routes/destination-memory.js';
import type { Choice } from '../../../protocol/rules/rule.js';
import { Counter } from '../../../threads/shared/counters.js';
import type { Waiting } from '../shared/attempt-budget.js';
import type { Context } from '../shared/context.js';
import { CROWD_LOOK } from '../shared/crowds.js';
import { Attempt, type AttemptOutcome } from './attempt.js';
import { Candidates } from './candidates.js';
import { KnownDestination } from './known-destination.js';
import type { CandidateOutcome } from './outcome.js';

/** Gets `won` or `lost` once, unless the race is cancelled; the other calls come only after `won`. */
export interface RaceOutcome {
  won(winner: Attempt): void;
  lost(failure: Failure): void;
  /** Another attempt has connected; `another()` returns it. */
  joined(): void;
  /** The attempt that `another()` promised will not come. */
  exhausted(): void;
}

export class Race implements AttemptOutcome, Expiring, Waiting, LineView, Room {
  /** All attempts in the order of their starts. */
  readonly attempts: Attempt[] = [];
  readonly started: number;
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly #context: Context;
  readonly #target: Target;
  readonly #outcome: RaceOutcome;
  /** Numbers of the lines that may be used. */
  readonly #lines: readonly number[];
  readonly #sticky: boolean;
  readonly #plan: RacePlan;
  /** Connected attempts in reserve, without the winner. */
  readonly #held: Attempt[] = [];
  readonly #known: KnownDestination;
  readonly #candidates: Candidates;
  #lead: Attempt | undefined;
  #leadIsLate = false;
  #failure: Failure | undefined;
  #won = false;
  /** Whether, after the winner, another attempt is wanted. */
  #wanted = false;
  #over = false;
  /** Whether it has waited for room on a line. */
  #waits = false;
  /** Keys of the crowds that it has waited for. */
  #crowded: string[] | undefined;
  /** When a connection of a line that answers early is used nevertheless. */
  #holdUntil = Number.POSITIVE_INFINITY;

  /** `choice` is what a rule leaves to choose from; `client` the client's address for a sticky rule, else undefined. */
  constructor(
    context: Context,
    target: Target,
    choice: Choice | undefined,
    client: string | undefined,
    outcome: RaceOutcome,
  ) {
    this.#context = context;
    this.#target = target;
    this.#lines = choice?.lines ?? context.allLines;
    this.#sticky = choice?.sticky ?? false;
    this.#outcome = outcome;
    this.started = context.engine.now;
    this.#plan = new RacePlan(context.planRules);
    this.#known = new KnownDestination(context, target, this.#keyFor(client));
    this.#candidates = new Candidates({ context, target, plan: this.#plan, known: this.#known }, () => this.#step());
  }

  /** The key of the destination in the remembered routes; undefined if there is nothing to choose. */
  #keyFor(client: string | undefined): string | undefined {
    const { asked, ip, port } = this.#target;
    if (this.#lines.length === 1 && ip !== undefined) return undefined;
    return destinationKey(asked, port, client);
  }

  /** Starts the race; the outcome may be reported before this returns. */
  start(): void {
    const { engine, counters, budget } = this.#context;
    const best = this.#known.best(this, this.#sticky);
    const mayLead = best !== undefined && budget.hasRoom(best.line) && !this.#isCrowded(best.line);
    if (mayLead && this.#candidates.isUsual(best)) {
      this.#plan.lead(best, engine.now);
      this.#lead = this.#begin(best);
    } else {
      counters[Counter.firstContacts] += 1;
    }
    this.#step();
  }

  /** Ends every attempt that has not been taken, without further calls of the outcome. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#candidates.end();
    this.#context.ticks.clear(this);
    const { budget, crowds, engine } = this.#context;
    if (this.#waits) budget.forget(this);
    if (this.#crowded !== undefined) crowds.forget(this, this.#crowded);
    for (const attempt of this.attempts) {
      if (attempt.result !== undefined) continue;
      budget.give(attempt.candidate.line);
      if (attempt.crowd !== undefined) crowds.givenUp(attempt.crowd, engine.now);
      this.#known.abandoned(attempt);
      attempt.abandon(attempt === this.#lead && this.#leadIsLate ? 'late' : 'abandoned');
    }
    budget.letGo(this.#held.length);
    for (const attempt of this.#held) attempt.abandon('abandoned');
    this.#held.length = 0;
  }

  /** Whether there may be another candidate than the winner. */
  get hasOthers(): boolean {
    return this.#known.areOfUse && !this.#over && (!this.#isSpent() || this.#held.length > 0);
  }

  /**
   * After the winner: another connected attempt, which the caller must let go of in the budget; `coming`: `joined` or `exhausted`
   * will be called; `none`: there is no other.
   */
  another(): Attempt | 'coming' | 'none' {
    const held = this.#held.shift();
    if (held !== undefined) return held;
    if (this.#over) return 'none';
    this.#wanted = true;
    this.#plan.demand(this.#context.engine.now);
    this.#proceed();
    if (!this.#isSpent()) return 'coming';
    this.#wanted = false;
    return 'none';
  }

  /** The attempt that went first and alone, because its candidate is remembered as the best. */
  get lead(): Attempt | undefined {
    return this.#lead;
  }

  /** Takes what is learned of an attempt later; undefined if there is nothing to learn. */
  reached(attempt: Attempt): CandidateOutcome | undefined {
    return this.#known.reached(attempt);
  }

  /** Within which time an attempt should answer, by what is known, in ms. */
  answersWithin(attempt: Attempt): number {
    return this.#known.answersWithin(attempt);
  }

  // LineView

  mayUse(line: number): boolean {
    return this.#lines.includes(line) && this.#context.health.mayUse(line, this.#context.engine.now);
  }

  answersEarly(line: number): boolean {
    return this.#context.health.answersEarly(line, this.#context.engine.now);
  }

  // AttemptOutcome

  connected(attempt: Attempt): void {
    const { line } = attempt.candidate;
    this.#plan.connected();
    this.#known.connected(attempt, this.attempts, this.#candidates.begun);
    if (!this.#won && this.#candidates.begun) this.#judgeLead();
    this.#place(attempt);
    // Only here, because now this race knows whether it wants more.
    this.#context.budget.give(line);
    this.#leaveCrowd(attempt);
  }

  /** A connected attempt wins, or is kept in reserve. */
  #place(attempt: Attempt): void {
    if (this.#won) {
      this.#hold(attempt);
      if (!this.#wanted) return;
      this.#wanted = false;
      this.#outcome.joined();
    } else if (this.answersEarly(attempt.candidate.line) && attempt !== this.#lead && !this.#isSpent()) {
      const { engine, options } = this.#context;
      this.#hold(attempt);
      this.#holdUntil = Math.min(this.#holdUntil, engine.now + options.race.first_byte_ms);
      this.#step();
    } else {
      this.#win(attempt);
    }
  }

  failed(attempt: Attempt, failure: Failure): void {
    const { budget } = this.#context;
    this.#learn(attempt, failure);
    // Only here, because now this race, which may be the one that waits for the room, knows of the failure.
    budget.give(attempt.candidate.line);
    this.#leaveCrowd(attempt);
    this.#step();
  }

  onDeadline(): void {
    this.#step();
  }

  roomMade(): void {
    this.#step();
  }

  // Steps

  /** Another attempt has connected, and the lead, which began before all others, has not. */
  #judgeLead(): void {
    if (this.#lead === undefined || this.#lead.result !== undefined || this.#leadIsLate) return;
    this.#leadIsLate = true;
    this.#known.late(this.#lead);
  }

  #hold(attempt: Attempt): void {
    this.#context.budget.hold();
    this.#held.push(attempt);
  }

  #winHeld(): void {
    this.#context.budget.letGo(1);
    this.#win(this.#held.shift() as Attempt);
  }

  #win(attempt: Attempt): void {
    this.#won = true;
    this.#outcome.won(attempt);
    if (!this.#over) this.#arm();
  }

  #step(): void {
    if (this.#over) return;
    this.#proceed();
    if (!this.#won) {
      const due = this.#context.engine.now >= this.#holdUntil;
      if (this.#held.length > 0 && (due || this.#isSpent())) this.#winHeld();
      else if (this.#isSpent()) {
        this.cancel();
        const failure = this.#mostTelling();
        this.#context.failures.lost(failure, this.#target, this.attempts, this.#context.engine.now);
        this.#outcome.lost(failure);
      }
    } else if (this.#wanted && this.#isSpent()) {
      this.#wanted = false;
      this.#outcome.exhausted();
    }
  }

  /** Whether nothing is under way and nothing can be started any more. */
  #isSpent(): boolean {
    return this.#candidates.done && this.#plan.running === 0 && !this.#plan.hasWaiting;
  }

  #mostTelling(): Failure {
    const { failure } = this.#candidates;
    return failure === undefined ? (this.#failure ?? failureOf('internal')) : mostTelling(this.#failure, failure);
  }

  /** Starts the attempts that are due. */
  #proceed(): void {
    if (this.#over) return;
    if (!this.#won || this.#wanted) {
      const { budget, engine } = this.#context;
      const { now } = engine;
      if (!this.#candidates.begun && this.#plan.othersDue(now)) this.#candidates.begin(this.#lines);
      for (;;) {
        const candidate = this.#plan.take(now, budget.most(), this);
        if (candidate === undefined) break;
        this.#begin(candidate);
      }
    }
    this.#arm();
  }

  /** For the plan: whether a line has room; if not, the race waits for it. */
  hasRoom(line: number): boolean {
    const { budget } = this.#context;
    if (!budget.hasRoom(line)) {
      this.#waits = true;
      budget.wait(this, line);
      return false;
    }
    if (!this.#isCrowded(line)) return true;
    const { crowds, failures, lines, engine } = this.#context;
    const key = this.#crowdOf(line);
    crowds.wait(this, key);
    this.#crowded ??= [];
    this.#crowded.push(key);
    failures.crowded(lines[line].name, this.#target, engine.now);
    return false;
  }

  /** Whether too many attempts of a line for this destination have no outcome yet: the line may lead back here. */
  #isCrowded(line: number): boolean {
    return this.#isCounted(line) && !this.#context.crowds.hasRoom(this.#crowdOf(line));
  }

  #isCounted(line: number): boolean {
    const { lines, budget } = this.#context;
    return budget.underWay(line) >= CROWD_LOOK && !lines[line].isDirect;
  }

  #crowdOf(line: number): string {
    return `${line} ${formatEndpoint(this.#target.host, this.#target.port)}`;
  }

  #leaveCrowd({ crowd }: Attempt): void {
    if (crowd !== undefined) this.#context.crowds.decided(crowd);
  }

  #arm(): void {
    const { ticks, engine } = this.#context;
    if (this.#won && !this.#wanted) {
      ticks.clear(this);
      return;
    }
    let wake = this.#won ? Number.POSITIVE_INFINITY : this.#holdUntil;
    if (!this.#candidates.begun || this.#plan.hasWaiting) {
      const next = this.#plan.wakeAt();
      // An attempt that is due and has not started needs room, which only an event makes.
      if (next > engine.now) wake = Math.min(wake, next);
    }
    if (wake === Number.POSITIVE_INFINITY) ticks.clear(this);
    else ticks.set(this, wake);
  }

  #begin(candidate: Candidate): Attempt {
    const { health, counters, budget, engine } = this.#context;
    const attempt = new Attempt(this.#context, candidate, this.#target, this);
    this.attempts.push(attempt);
    counters[Counter.attempts] += 1;
    health.begins(candidate.line, engine.now);
    const start = attempt.start();
    if (start.code !== 'started') this.#learn(attempt, start);
    else {
      if (this.#isCounted(candidate.line)) attempt.crowd = this.#context.crowds.join(this.#crowdOf(candidate.line));
      budget.take(candidate.line);
    }
    return attempt;
  }

  #learn(attempt: Attempt, failure: Failure): void {
    this.#plan.failed(this.#context.engine.now);
    this.#failure = mostTelling(this.#failure, failure);
    this.#known.failed(attempt, failure);
    this.#context.failures.attempt(attempt, failure, this.#target, this.#context.engine.now);
  }
}
