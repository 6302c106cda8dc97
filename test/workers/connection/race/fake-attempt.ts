// An attempt that ends when the test says so. It dials nobody.
import assert from 'node:assert/strict';
import type { Socket } from '../../../../src/linux/engine/socket.js';
import type { Target } from '../../../../src/protocol/address/target.js';
import type { Candidate } from '../../../../src/protocol/lines/candidate.js';
import type { Bound } from '../../../../src/protocol/outbound/outbound.js';
import {
  type Failure,
  type FailureCode,
  failureOf,
  failureTowards,
  type Towards,
} from '../../../../src/protocol/race/failure.js';
import type { AttemptResult } from '../../../../src/protocol/race/record.js';
import type {
  AttemptOutcome,
  AttemptStart,
  RaceAttempt,
} from '../../../../src/workers/connection/race/attempt/attempt.js';
import type { Crowd } from '../../../../src/workers/connection/shared/dialling/crowds.js';
import type { DialLine } from '../../../../src/workers/connection/shared/dialling/dial-lines.js';

interface Clock {
  readonly now: number;
}

export class FakeAttempt implements RaceAttempt {
  readonly candidate: Candidate;
  readonly line: DialLine;
  readonly target: Target;
  started = Number.NaN;
  connectedAt = Number.NaN;
  askedAt = Number.NaN;
  answeredAt = Number.NaN;
  endedAt = Number.NaN;
  result: AttemptResult | undefined;
  failure: Failure | undefined;
  bound: Bound | undefined;
  crowd: Crowd | undefined;
  rest: Uint8Array | undefined;
  towards: Towards;
  /** Why it cannot even start. */
  barred: FailureCode | undefined;
  /** Until when it goes on although its race is over. */
  runsUntil: number | undefined;
  readonly #clock: Clock;
  readonly #outcome: AttemptOutcome;

  constructor(clock: Clock, line: DialLine, candidate: Candidate, target: Target, outcome: AttemptOutcome) {
    this.#clock = clock;
    this.line = line;
    this.candidate = candidate;
    this.target = target;
    this.towards = line.dials;
    this.#outcome = outcome;
  }

  start(): AttemptStart {
    this.started = this.#clock.now;
    return this.barred === undefined ? { code: 'started' } : this.#fails(this.barred);
  }

  runOut(until: number): void {
    this.result = 'abandoned';
    this.runsUntil = until;
  }

  #assertRuns(): void {
    if (this.runsUntil === undefined) assert.equal(this.result, undefined, 'it is over');
    this.runsUntil = undefined;
  }

  connects(): void {
    this.#assertRuns();
    this.connectedAt = this.#clock.now;
    this.result = 'connected';
    this.#outcome.connected(this);
  }

  fails(code: FailureCode): void {
    this.#assertRuns();
    this.#outcome.failed(this, this.#fails(code));
  }

  #fails(code: FailureCode): Failure {
    const failure = failureTowards(this.towards, failureOf(code));
    this.failure = failure;
    this.result = failure.code;
    this.endedAt = this.#clock.now;
    return failure;
  }

  release(): Socket {
    return assert.fail('it has no socket');
  }

  abandon(result: AttemptResult): void {
    this.result = result;
    this.endedAt = this.#clock.now;
  }
}
