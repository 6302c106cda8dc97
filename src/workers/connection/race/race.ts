// The race for one target: decides which attempt wins, and when the race is lost. It reports the first usable connection, and
// keeps those that connect later in reserve as long as the session wants. race-attempts.ts starts the attempts.
import type { Target } from '../../../protocol/address/target.js';
import type { DeadlineWheel, Expiring } from '../../../protocol/deadline-wheel.js';
import type { Failure } from '../../../protocol/race/failure.js';
import type { Spared, ToldHint } from '../../../protocol/race/record.js';
import { ALONE_MAX_MS } from '../../../protocol/routes/hints.js';
import type { Choice } from '../../../protocol/rules/rule.js';
import type { Client } from '../../../protocol/users/client.js';
import type { Addressed, FailureLog, Whose } from '../shared/dialling/failure-log.js';
import type { RaceAttempt } from './attempt/attempt.js';
import type { Learning } from './known/outcome.js';
import { RaceAttempts, type RaceAttemptsOutcome, type RaceAttemptsParts } from './race-attempts.js';
import { Reserve, type ReserveParts } from './reserve.js';

/** The parts of the actor's context that a race needs. */
export type RaceParts = RaceAttemptsParts &
  ReserveParts & {
    readonly ticks: DeadlineWheel;
    readonly failures: Pick<FailureLog, 'lost'>;
  };

/** Gets `won` or `lost` once, unless the race is cancelled; the other calls come only after `won`. */
export interface RaceOutcome extends Whose, Addressed {
  /** How many gateways the request has passed. */
  readonly depth: number;
  won(winner: RaceAttempt): void;
  lost(failure: Failure): void;
  /** Another attempt has connected; `another()` returns it. */
  joined(): void;
  /** The attempt that `another()` promised will not come. */
  exhausted(): void;
}

export class Race implements RaceAttemptsOutcome, Expiring {
  readonly started: number;
  next: Expiring | null = null;
  previous: Expiring | null = null;
  due = 0;
  readonly #parts: RaceParts;
  readonly #outcome: RaceOutcome;
  readonly #attempts: RaceAttempts;
  /** Connected attempts without the winner; undefined until there was one. */
  #reserve: Reserve | undefined;
  /** When a connection of a line that answers early is used nevertheless. */
  #holdUntil = Number.POSITIVE_INFINITY;
  #won = false;
  /** Whether, after the winner, another attempt is wanted. */
  #wanted = false;
  #over = false;

  /** `choice` is what a rule leaves to choose from; `client` whose race it is, where the rules need to know. */
  constructor(
    parts: RaceParts,
    target: Target,
    choice: Choice | undefined,
    client: Client | undefined,
    outcome: RaceOutcome,
  ) {
    this.started = parts.engine.now;
    this.#parts = parts;
    this.#outcome = outcome;
    this.#attempts = new RaceAttempts(parts, target, choice, client, this);
  }

  /** Starts the race; the outcome may be reported before this returns. */
  start(): void {
    this.#attempts.begin();
    this.#step();
  }

  /** Ends every attempt that has not been taken, without further calls of the outcome. */
  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.ticks.clear(this);
    this.#attempts.cancel();
    this.#reserve?.abandon();
  }

  /** All attempts in the order of their starts. */
  get attempts(): readonly RaceAttempt[] {
    return this.#attempts.all;
  }

  /** The attempt that went first and alone, because its candidate is remembered as the best. */
  get lead(): RaceAttempt | undefined {
    return this.#attempts.lead;
  }

  /** The attempt that is only to find out whether a cheaper line works. */
  get trial(): RaceAttempt | undefined {
    return this.#attempts.trial;
  }

  /** Why lines are waiting that have not begun. */
  get spares(): Spared | undefined {
    return this.#attempts.spares;
  }

  /** The hint of another gateway with which the race has begun. */
  get told(): ToldHint | undefined {
    return this.#attempts.told;
  }

  /** Whether there may be another candidate than the winner. */
  get hasOthers(): boolean {
    return this.#attempts.known.areOfUse && !this.#over && (this.#isHolding || !this.#attempts.areSpent);
  }

  /**
   * After the winner: another connected attempt, which the caller must let go of in the budget; `coming`: `joined` or `exhausted`
   * will be called; `none`: there is no other.
   */
  another(): RaceAttempt | 'coming' | 'none' {
    const held = this.#reserve?.take();
    if (held !== undefined) return held;
    if (this.#over) return 'none';
    this.#wanted = true;
    this.#attempts.demand();
    this.#proceed();
    if (!this.#attempts.areSpent) return 'coming';
    this.#wanted = false;
    return 'none';
  }

  /** The client's whole ClientHello has been sent to the winner. */
  said(hello: Uint8Array): void {
    this.#attempts.said(hello);
  }

  /** Takes what is learned of an attempt later; undefined if there is nothing to learn. */
  reached(attempt: RaceAttempt): Learning | undefined {
    return this.#attempts.known.reached(attempt, attempt.candidate.line === this.told?.line);
  }

  /** Within which time an attempt should answer, by what is known, in ms. */
  answersWithin(attempt: RaceAttempt): number {
    const usual_ms = this.#attempts.known.answersWithin(attempt);
    // Nothing has been seen here of a line of which another gateway has told.
    return attempt.candidate.line === this.told?.line ? Math.min(usual_ms, ALONE_MAX_MS) : usual_ms;
  }

  connected(attempt: RaceAttempt): void {
    if (this.#over) {
      this.#attempts.known.ranOut(attempt, undefined);
      attempt.abandon('abandoned');
      return;
    }
    this.#attempts.connected(attempt);
    this.#place(attempt);
    // Only here, because now this race knows whether it wants more.
    this.#attempts.decided(attempt, undefined);
  }

  /** A connected attempt wins, or is kept in reserve. */
  #place(attempt: RaceAttempt): void {
    if (this.#won) {
      this.#hold(attempt);
      if (!this.#wanted) return;
      this.#wanted = false;
      this.#outcome.joined();
    } else if (this.#mayBeEarly(attempt) && !this.#attempts.areSpent) {
      const { engine, options } = this.#parts;
      this.#hold(attempt);
      this.#holdUntil = Math.min(this.#holdUntil, engine.now + options.race.first_byte_ms);
      this.#step();
    } else {
      this.#win(attempt);
    }
  }

  #hold(attempt: RaceAttempt): void {
    this.#reserve ??= new Reserve(this.#parts);
    this.#reserve.hold(attempt);
  }

  get #isHolding(): boolean {
    return this.#reserve !== undefined && !this.#reserve.isEmpty;
  }

  /** Whether it may not be connected to the destination yet. The lead has shown before that it works. */
  #mayBeEarly(attempt: RaceAttempt): boolean {
    return attempt !== this.#attempts.lead && this.#attempts.answersEarly(attempt.candidate.line);
  }

  failed(attempt: RaceAttempt, failure: Failure): void {
    if (this.#over) {
      this.#attempts.known.ranOut(attempt, failure);
      return;
    }
    this.#attempts.failed(attempt, failure);
    // Only here, because now this race, which may be the one that waits for the room, knows of the failure.
    this.#attempts.decided(attempt, failure);
    this.#step();
  }

  onDeadline(): void {
    this.#step();
  }

  mayGoOn(): void {
    this.#step();
  }

  #step(): void {
    if (this.#over) return;
    this.#proceed();
    const { areSpent } = this.#attempts;
    if (this.#won) {
      if (!this.#wanted || !areSpent) return;
      this.#wanted = false;
      this.#outcome.exhausted();
    } else if (this.#isHolding && (areSpent || this.#parts.engine.now >= this.#holdUntil)) {
      this.#winHeld();
    } else if (areSpent) {
      this.#lose();
    }
  }

  /** Starts the attempts that are due. */
  #proceed(): void {
    if (this.#over) return;
    if (!this.#won || this.#wanted) this.#attempts.goOn(!this.#isHolding);
    this.#arm();
  }

  #arm(): void {
    const { ticks } = this.#parts;
    if (this.#won && !this.#wanted) {
      ticks.clear(this);
      return;
    }
    const { next } = this.#attempts;
    const wake = this.#won ? next : Math.min(next, this.#holdUntil);
    if (wake === Number.POSITIVE_INFINITY) ticks.clear(this);
    else ticks.set(this, wake);
  }

  clientName(): string {
    return this.#outcome.clientName();
  }

  clientIp(): Uint8Array | undefined {
    return this.#outcome.clientIp();
  }

  get depth(): number {
    return this.#outcome.depth;
  }

  #winHeld(): void {
    this.#parts.budget.letGo(1);
    this.#win(this.#reserve?.take() as RaceAttempt);
  }

  #win(attempt: RaceAttempt): void {
    this.#won = true;
    this.#outcome.won(attempt);
    if (!this.#over) this.#arm();
  }

  #lose(): void {
    this.cancel();
    const { failure, target, all } = this.#attempts;
    this.#parts.failures.lost(failure, target, all, this, this.#parts.engine.now);
    this.#outcome.lost(failure);
  }
}
