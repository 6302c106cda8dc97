// The attempts of one race: starts those that the plan says are due (protocol/race/plan.ts) and for which there is room, and
// notes what becomes of them. candidates.ts gathers the candidates, and known/destination.ts takes what is learned of them. It
// does not decide which attempt wins.

import type { Target } from '../../../protocol/address/target.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import type { Preferences } from '../../../protocol/lines/preferences.js';
import { type Failure, failureOf, mostTelling } from '../../../protocol/race/failure.js';
import { type PlanRules, RacePlan, type Room } from '../../../protocol/race/plan.js';
import type { Spared, ToldHint } from '../../../protocol/race/record.js';
import { appended, EMPTY } from '../../../protocol/race/short-list.js';
import { TierGate } from '../../../protocol/race/tier-gate.js';
import type { Outage } from '../../../protocol/routes/candidate-memory.js';
import type { LineView } from '../../../protocol/routes/destination-memory.js';
import type { Choice } from '../../../protocol/rules/rule.js';
import type { Client } from '../../../protocol/users/client.js';
import { Counter } from '../../../threads/shared/counters.js';
import { LineCount, type LineCounts } from '../../../threads/shared/line-counts.js';
import type { AttemptBudget } from '../shared/dialling/attempt-budget.js';
import type { AttemptRoom, RoomSeeker } from '../shared/dialling/attempt-room.js';
import type { Addressed, FailureLog, Whose } from '../shared/dialling/failure-log.js';
import type { AttemptOutcome, MakeAttempt, RaceAttempt } from './attempt/attempt.js';
import { Candidates, type CandidatesOutcome, type CandidatesParts } from './candidates.js';
import { type ForeignSearch, type HintForParts, hintFor } from './foreign-search.js';
import { type HoldBackParts, holdBack } from './hold-back.js';
import { type MakeTrial, type Trial, trialBeside } from './home-trial.js';
import { isHopeless } from './hopeless.js';
import type { KnownDestination } from './known/destination.js';
import { type KnownForParts, knownFor } from './known/memory.js';

/** How soon a race that descriptors were too short for looks again. */
const SHORT_LOOK_MS = 500;

/** The parts of the actor's context that the attempts of a race need. */
export type RaceAttemptsParts = CandidatesParts &
  HoldBackParts &
  KnownForParts &
  HintForParts & {
    readonly allLines: readonly number[];
    readonly planRules: PlanRules;
    readonly budget: Pick<AttemptBudget, 'most' | 'isShort' | 'isTight'>;
    readonly room: Pick<AttemptRoom, 'isOpen' | 'isOpenTo' | 'forget' | 'take' | 'connected' | 'failed' | 'givenUp'>;
    readonly health: Pick<LineHealth, 'mayUse' | 'answersEarly' | 'outage' | 'begins' | 'foreignDown'>;
    readonly failures: Pick<FailureLog, 'attempt'>;
    readonly counters: Float64Array;
    readonly lineCounts: Pick<LineCounts, 'add' | 'connected'>;
    readonly newAttempt: MakeAttempt;
    readonly newTrial: MakeTrial;
  };

/** Gets the outcome of each attempt that has started, unless all are cancelled. */
export interface RaceAttemptsOutcome extends AttemptOutcome, Whose, Addressed {
  /** There may be something to start: a name has been looked up, or there is room. */
  mayGoOn(): void;
}

export class RaceAttempts implements CandidatesOutcome, LineView, Room, RoomSeeker {
  readonly target: Target;
  waits = false;
  crowded: string[] | undefined;
  crowdOf: string | undefined;
  readonly known: KnownDestination;
  readonly #parts: RaceAttemptsParts;
  /** Numbers of the lines that may be used. */
  readonly #lines: readonly number[];
  readonly #sticky: boolean;
  readonly #outcome: RaceAttemptsOutcome;
  readonly #plan: RacePlan;
  readonly #candidates: Candidates;
  #all: readonly RaceAttempt[] = EMPTY;
  #lead: RaceAttempt | undefined;
  #trial: Trial | undefined;
  /** Of a first contact that may begin with what another gateway knows. */
  #foreign: ForeignSearch | undefined;
  #leadIsLate = false;
  /** From when on the lead is late by its own history. */
  leadDue = Number.POSITIVE_INFINITY;
  #failure: Failure | undefined;

  /** For `choice` and `client` see race.ts. */
  constructor(
    parts: RaceAttemptsParts,
    target: Target,
    choice: Choice | undefined,
    client: Client | undefined,
    outcome: RaceAttemptsOutcome,
  ) {
    this.target = target;
    this.#parts = parts;
    this.#lines = choice?.lines ?? parts.allLines;
    this.#sticky = choice !== undefined && choice.sticky !== false;
    this.#outcome = outcome;
    const { preferences, planRules } = parts;
    this.known = knownFor(parts, target, this.#lines.length, choice, client);
    const gate = preferences && new TierGate(preferences, this.known, planRules.unknown_ms);
    this.#plan = new RacePlan(planRules, gate);
    this.#candidates = new Candidates(parts, target, client, this.#plan, this.known, this);
  }

  /** All attempts in the order of their starts. */
  get all(): readonly RaceAttempt[] {
    return this.#all;
  }

  /** The attempt that went first and alone, because its candidate is remembered as the best. */
  get lead(): RaceAttempt | undefined {
    return this.#lead;
  }

  /** The attempt that is only to find out whether a cheaper line works. */
  get trial(): RaceAttempt | undefined {
    return this.#trial?.attempt;
  }

  /** Why lines are waiting that have not begun. */
  get spares(): Spared | undefined {
    const { spares } = this.#plan;
    return spares === 'hinted' && this.told !== undefined ? 'told' : spares;
  }

  /** The hint of another gateway with which the race has begun. */
  get told(): ToldHint | undefined {
    return this.#foreign?.told;
  }

  /** Whether nothing is under way and nothing can be started any more. */
  get areSpent(): boolean {
    return this.#candidates.done && this.#plan.running === 0 && !this.#plan.hasWaiting;
  }

  /** Of all failures so far. */
  get failure(): Failure {
    const { failure } = this.#candidates;
    return failure === undefined ? (this.#failure ?? failureOf('internal')) : mostTelling(this.#failure, failure);
  }

  /** Starts the lead, if there is one. */
  begin(): void {
    const { engine, counters, room } = this.#parts;
    const best = this.known.best(this, this.#sticky);
    if (best !== undefined && room.isOpen(this, best.line) && this.#candidates.isUsual(best)) {
      this.#plan.lead(best, engine.now, this.known.patience_ms);
      this.leadDue = this.#plan.wakeAt(engine.now);
      this.#lead = this.#start(best);
      const { depth } = this.#outcome;
      this.#trial = this.#sticky ? undefined : trialBeside(this.#parts, this, { lines: this.#lines, depth }, best);
      if (this.#trial === undefined) return;
      this.#all = appended(this.#all, this.#trial.attempt);
      this.#trial.start(this);
    } else {
      counters[Counter.firstContacts] += 1;
      if (this.#sticky || !this.known.isUnknown) return;
      holdBack(this.#parts, this, this.#lines, this.#plan);
      if (this.#lines.length > 1) this.#foreign = hintFor(this.#parts, this, this.#plan, this.#candidates);
    }
  }

  /** Starts what is due. `renews`: whether to ask for names anew where nothing is left that promises to connect. */
  goOn(renews: boolean): void {
    const { budget, engine } = this.#parts;
    const { now } = engine;
    if (!this.#candidates.begun && this.#plan.othersDue(now)) this.#candidates.begin(this.#lines);
    if (this.#candidates.done) this.#plan.allOffered();
    this.#foreign?.beforeDials();
    for (;;) {
      const candidate = this.#plan.take(now, budget.most(), this);
      if (candidate === undefined) break;
      this.#start(candidate);
    }
    this.#foreign?.afterDials(this.#all.length > 0);
    if (renews && this.#candidates.done && !this.#plan.hasWaiting && isHopeless(this, now)) this.#candidates.renew();
  }

  /** The next one may start at once. */
  demand(): void {
    this.#plan.demand(this.#parts.engine.now);
  }

  /** The client's whole ClientHello has been sent. */
  said(hello: Uint8Array): void {
    this.#trial?.said(hello);
  }

  /** When the next one may start; infinite if only an event can start it. */
  get next(): number {
    if (this.#candidates.begun && !this.#plan.hasWaiting) return Number.POSITIVE_INFINITY;
    const { budget, engine } = this.#parts;
    const next = this.#plan.wakeAt(engine.now);
    if (next > engine.now) return next;
    // What is due and has not started needs room, which only an event makes; or descriptors, of which no event tells.
    return budget.isShort ? engine.now + SHORT_LOOK_MS : Number.POSITIVE_INFINITY;
  }

  #start(candidate: Candidate): RaceAttempt {
    const { health, counters, lineCounts, room, engine, newAttempt } = this.#parts;
    const attempt = newAttempt(candidate, this.target, this.#outcome);
    this.#all = appended(this.#all, attempt);
    counters[Counter.attempts] += 1;
    lineCounts.add(candidate.line, LineCount.attempts);
    health.begins(candidate.line, engine.now);
    const start = attempt.start();
    if (start.code === 'started') room.take(this, attempt);
    else this.failed(attempt, start);
    return attempt;
  }

  /** One has connected. `decided` must follow, once the race has found out whether it wants more. */
  connected(attempt: RaceAttempt): void {
    this.#plan.connected(attempt.candidate);
    this.#parts.lineCounts.connected(attempt.candidate.line, attempt.connectedAt - attempt.started);
    const isSwayed = this.told !== undefined || this.#plan.hasHeld;
    this.known.connected(attempt, this.all, this.#candidates.begun && !isSwayed, isSwayed);
    this.#foreign?.measured();
    this.#judgeLead();
  }

  /** Another attempt has connected, and the lead, which began before all others, may not have. */
  #judgeLead(): void {
    if (this.#lead === undefined || this.#lead.result !== undefined || this.#leadIsLate) return;
    this.#leadIsLate = true;
    this.known.late(this.#lead);
  }

  /** One has failed. If it had started, `decided` must follow. */
  failed(attempt: RaceAttempt, failure: Failure): void {
    const { engine, failures, lineCounts } = this.#parts;
    this.#plan.failed(attempt.candidate, engine.now);
    lineCounts.add(attempt.candidate.line, LineCount.failures);
    this.#failure = mostTelling(this.#failure, failure);
    this.known.failed(attempt, failure);
    if (attempt.candidate.line === this.told?.line) this.#foreign?.measured();
    failures.attempt(attempt, failure, this.target, this, engine.now);
  }

  /** Gives back the room of one that has an outcome: races that wait for it, also this one, may start another at once. */
  decided(attempt: RaceAttempt, failure: Failure | undefined): void {
    const { room, engine } = this.#parts;
    if (failure === undefined) room.connected(attempt);
    else room.failed(attempt, failure.code, engine.now);
  }

  /** Ends every attempt without an outcome, and waits for nothing any more. Those that `known` wants to know more of run out. */
  cancel(): void {
    const { room, engine, budget } = this.#parts;
    this.#candidates.end();
    room.forget(this);
    this.#trial?.raceOver();
    for (const attempt of this.all) {
      if (attempt.result !== undefined || attempt === this.trial) continue;
      room.givenUp(attempt, engine.now);
      this.known.abandoned(attempt);
      if (attempt !== this.#lead && !budget.isShort && !budget.isTight && this.known.runsOut(attempt)) continue;
      attempt.abandon(attempt === this.#lead && this.#leadIsLate ? 'late' : 'abandoned');
    }
  }

  clientName(): string {
    return this.#outcome.clientName();
  }

  clientIp(): Uint8Array | undefined {
    return this.#outcome.clientIp();
  }

  looked(): void {
    this.#outcome.mayGoOn();
  }

  roomMade(): void {
    this.#outcome.mayGoOn();
  }

  /** For the plan: whether a line has room; if not, the race waits for it. */
  hasRoom(line: number): boolean {
    return this.#parts.room.isOpenTo(this, line, this.#parts.engine.now);
  }

  mayUse(line: number): boolean {
    return this.#lines.includes(line) && this.#parts.health.mayUse(line, this.#parts.engine.now);
  }

  addressesOf(line: number): readonly Uint8Array[] {
    return this.#candidates.addressesOf(line);
  }

  get preferences(): Preferences | undefined {
    return this.#parts.preferences;
  }

  answersEarly(line: number): boolean {
    return this.#parts.health.answersEarly(line, this.#parts.engine.now);
  }

  outage(line: number): Outage | undefined {
    return this.#parts.health.outage(line);
  }
}
