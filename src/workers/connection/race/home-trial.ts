// A cheaper candidate that is tried beside the lead, to find out whether the destination can come home to it. It carries no
// connection: the lead does, and the next connection begins with what has been proven. Where a connection proves nothing, it
// is sent the client's whole ClientHello, too. It outlives its race; it does not decide when a trial is due.
import type { Engine } from '../../../linux/engine/engine.js';
import type { Target } from '../../../protocol/address/target.js';
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { LineHealth } from '../../../protocol/lines/health/health.js';
import type { Preferences } from '../../../protocol/lines/preferences.js';
import type { Options } from '../../../protocol/options.js';
import type { Failure } from '../../../protocol/race/failure.js';
import type { CandidateMemory, Outage } from '../../../protocol/routes/candidate-memory.js';
import { Counter } from '../../../threads/shared/counters.js';
import { LineCount, type LineCounts } from '../../../threads/shared/line-counts.js';
import type { AttemptBudget } from '../shared/dialling/attempt-budget.js';
import type { AttemptRoom, RoomSeeker } from '../shared/dialling/attempt-room.js';
import type { AttemptOutcome, MakeAttempt, RaceAttempt } from './attempt/attempt.js';
import { HelloAttempt, type HelloAttemptOutcome } from './hello/attempt.js';
import type { KnownDestination } from './known/destination.js';

/** The parts of the actor's context that a trial needs. */
export interface HomeTrialParts {
  readonly engine: Engine;
  readonly deadlines: DeadlineWheel;
  readonly options: { readonly race: Pick<Options['race'], 'hold_ms' | 'connect_timeout_ms'> };
  readonly budget: Pick<AttemptBudget, 'hold' | 'letGo'>;
  readonly room: Pick<AttemptRoom, 'take' | 'connected' | 'failed'>;
  readonly health: Pick<LineHealth, 'begins'>;
  readonly counters: Float64Array;
  readonly lineCounts: Pick<LineCounts, 'add' | 'connected'>;
  readonly newAttempt: MakeAttempt;
}

type Known = Pick<KnownDestination, 'triedWell' | 'failed' | 'reached'>;

/** A trial as its race sees it. */
export type Trial = Pick<HomeTrial, 'attempt' | 'start' | 'said' | 'raceOver'>;

/** Makes a trial, which is still to be started. `depth`: how many gateways the request has passed. */
export type MakeTrial = (candidate: Candidate, target: Target, depth: number, known: Known) => Trial;

/** The race beside whose lead a trial may begin. */
interface Trying extends RoomSeeker {
  readonly target: Target;
  readonly known: KnownDestination;
  mayUse(line: number): boolean;
  outage(line: number): Outage | undefined;
  addressesOf(line: number): readonly Uint8Array[];
}

/** The parts of the actor's context that say whether a trial may begin. */
interface TryingParts {
  readonly budget: Pick<AttemptBudget, 'isShort' | 'isTight'>;
  readonly room: Pick<AttemptRoom, 'isOpen'>;
  /** Undefined where all lines are alike. */
  readonly preferences: Preferences | undefined;
  readonly newTrial: MakeTrial;
}

/**
 * The trial of a cheaper line beside the lead, if it is time for one; it is still to be started. `lines`: those that the race may use.
 * `depth`: how many gateways the request has passed.
 */
export function trialBeside(
  { preferences, budget, room, newTrial }: TryingParts,
  race: Trying,
  { lines, depth }: { readonly lines: readonly number[]; readonly depth: number },
  lead: CandidateMemory,
): Trial | undefined {
  if (preferences === undefined || preferences.isCheapest(lead.line) || budget.isShort || budget.isTight)
    return undefined;
  const { target, known } = race;
  const mayUse = (line: number): boolean => race.mayUse(line);
  const addressesOf = (line: number) => race.addressesOf(line);
  const outage = (line: number): Outage | undefined => race.outage(line);
  const candidate = known.trial(lead, { preferences, numbers: lines, mayUse, outage, addressesOf });
  if (candidate === undefined || !room.isOpen(race, candidate.line)) return undefined;
  known.tried(candidate);
  return newTrial(candidate, target, depth, known);
}

export class HomeTrial implements AttemptOutcome, HelloAttemptOutcome<RaceAttempt> {
  readonly depth: number;
  readonly attempt: RaceAttempt;
  readonly #parts: HomeTrialParts;
  readonly #known: Known;
  readonly #deadline = new Deadline(() => this.#isLate());
  /** Undefined until it is connected. */
  #asked: HelloAttempt<RaceAttempt> | undefined;
  #hello: Uint8Array | undefined;
  #isRaceOver = false;

  constructor(parts: HomeTrialParts, candidate: Candidate, target: Target, depth: number, known: Known) {
    this.#parts = parts;
    this.depth = depth;
    this.#known = known;
    this.attempt = parts.newAttempt(candidate, target, this);
  }

  /** `race`: for the room that the attempt takes. */
  start(race: RoomSeeker): void {
    const { attempt } = this;
    const { counters, lineCounts, health, room, engine } = this.#parts;
    counters[Counter.attempts] += 1;
    lineCounts.add(attempt.candidate.line, LineCount.attempts);
    health.begins(attempt.candidate.line, engine.now);
    const start = attempt.start();
    if (start.code === 'started') room.take(race, attempt);
    else this.#failed(attempt, start);
  }

  connected(attempt: RaceAttempt): void {
    const { engine, budget, room, lineCounts } = this.#parts;
    room.connected(attempt);
    lineCounts.connected(attempt.candidate.line, attempt.connectedAt - attempt.started);
    this.#known.triedWell(attempt);
    budget.hold();
    this.#asked = new HelloAttempt(engine, attempt, this.#known.reached(attempt), this);
    // A connection of a proxy may begin with bytes of the server.
    if (this.#asked.firstBytes !== undefined) this.#heard('plain', attempt.connectedAt);
    else if (this.#hello !== undefined) this.#ask(this.#hello);
    else if (this.#isRaceOver) this.#end();
    else this.#hold();
  }

  /** Waits for the client's ClientHello. The server may speak first. */
  #hold(): void {
    const { engine, deadlines, options } = this.#parts;
    this.#asked?.listen();
    deadlines.set(this.#deadline, engine.now + options.race.hold_ms);
  }

  failed(attempt: RaceAttempt, failure: Failure): void {
    this.#parts.room.failed(attempt, failure.code, this.#parts.engine.now);
    this.#failed(attempt, failure);
  }

  #failed(attempt: RaceAttempt, failure: Failure): void {
    this.#parts.lineCounts.add(attempt.candidate.line, LineCount.failures);
    this.#known.failed(attempt, failure);
  }

  /** The client's whole ClientHello, which may be sent twice. */
  said(hello: Uint8Array): void {
    this.#hello = hello;
    if (this.#asked?.isOpen) this.#ask(hello);
  }

  #ask(hello: Uint8Array): void {
    const { engine, deadlines, options } = this.#parts;
    const { connect_timeout_ms } = options.race;
    deadlines.set(this.#deadline, engine.now + connect_timeout_ms);
    this.#asked?.ask(hello, connect_timeout_ms);
  }

  /** The race is decided. If there is no ClientHello by now, none will come. */
  raceOver(): void {
    this.#isRaceOver = true;
    if (this.#hello === undefined) this.#end();
  }

  /** It has not answered, or has not been asked: then a connection is all that it has shown. */
  #isLate(): void {
    if (this.#asked?.isAsked) {
      this.attempt.result = 'silent';
      this.#asked.reached?.late();
    }
    this.#end();
  }

  spokeFirst(): void {
    this.#heard('plain', this.attempt.connectedAt);
  }

  answered(): void {
    this.#heard('tls', this.attempt.askedAt);
  }

  #heard(what: 'tls' | 'plain', since: number): void {
    const { now } = this.#parts.engine;
    this.attempt.answeredAt = now;
    this.#asked?.reached?.answered(what, now - since);
    this.#end();
  }

  refused(asked: HelloAttempt<RaceAttempt>): void {
    const result = asked.refusal === 'other' ? 'not-tls' : 'silent';
    asked.attempt.result = asked.isAsked ? result : 'left';
    asked.reached?.failed(result);
    this.#end();
  }

  /** Closes its connection, if there is one. */
  #end(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    const { engine, deadlines, budget } = this.#parts;
    this.#asked = undefined;
    deadlines.clear(this.#deadline);
    budget.letGo(1);
    if (Number.isNaN(this.attempt.endedAt)) this.attempt.endedAt = engine.now;
    engine.close(asked.socket, 'reset');
  }
}
