// Makes the record of a race (protocol/race/record.ts) from the notes of its attempts. Texts are made only here, when a
// record is read. It keeps nothing.
import { formatIp } from '../../../protocol/address/address.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { Failure } from '../../../protocol/race/failure.js';
import {
  type AttemptRecord,
  type AttemptResult,
  hasFailed,
  type RaceRecord,
  type Spared,
  type ToldHint,
  type ToldRecord,
  whyWon,
} from '../../../protocol/race/record.js';

/** The notes of an attempt. Times are in ms of one clock; NaN for what has not happened. */
export interface NotedAttempt {
  readonly candidate: Candidate;
  readonly started: number;
  readonly connectedAt: number;
  readonly askedAt: number;
  readonly answeredAt: number;
  readonly endedAt: number;
  readonly result: AttemptResult | undefined;
  readonly failure: Failure | undefined;
}

/** The notes of a race, by the same clock. */
export interface NotedRace {
  readonly started: number;
  /** In the order in which they were started. */
  readonly attempts: readonly NotedAttempt[];
  /** The attempt that started first and alone, because its candidate is remembered. */
  readonly lead: NotedAttempt | undefined;
  /** The attempt that only finds out whether a cheaper line works again. */
  readonly trial?: NotedAttempt | undefined;
  /** Why lines have not been started: they had to wait. */
  readonly spares?: Spared | undefined;
  /** The hint of another gateway with which it began. */
  readonly told?: ToldHint | undefined;
}

/** The outcome of a race. */
export interface RaceEnd {
  readonly winner: NotedAttempt | undefined;
  /** When the race was decided; NaN before that. */
  readonly decided: number;
  readonly now: number;
  readonly failure: Failure | undefined;
  readonly reply: number | undefined;
}

/** `target`: `host:port`. `race`: undefined if no race was run. */
export function raceRecord(
  target: string,
  race: NotedRace | undefined,
  { winner, decided, now, failure, reply }: RaceEnd,
  lineName: (line: number) => string,
): RaceRecord {
  const attempts = race?.attempts.map((one) => attemptRecord(one, race, winner, decided, lineName)) ?? [];
  const place = winner === undefined ? undefined : race?.attempts.indexOf(winner);
  const end = Number.isNaN(decided) ? now : decided;
  const won = place === undefined || hasFailed(attempts[place]) ? undefined : attempts[place];
  return {
    target,
    attempts,
    winner: place,
    why: place === undefined ? undefined : whyWon(attempts, place, race?.spares),
    total_ms: won?.answered_ms ?? won?.connected_ms ?? rounded(end - (race?.started ?? end)),
    reply,
    cause: failure?.code,
    detail: failure?.detail,
    rule: failure?.rule,
    ...(race?.told === undefined ? {} : { told: toldRecord(race.told, lineName) }),
  };
}

const toldRecord = ({ line, from, age_ms }: ToldHint, lineName: (line: number) => string): ToldRecord => ({
  ...{ line: lineName(line), gateway: from, age_ms: Math.round(age_ms) },
});

function attemptRecord(
  attempt: NotedAttempt,
  { started, lead, trial }: NotedRace,
  winner: NotedAttempt | undefined,
  decided: number,
  lineName: (line: number) => string,
): AttemptRecord {
  const since = (at: number): number | undefined => (Number.isNaN(at) ? undefined : rounded(at - started));
  const isSettled = !Number.isNaN(decided);
  const isTrial = attempt === trial;
  const lost = isSettled && winner !== undefined && attempt !== winner && !isTrial;
  // The winner was asked, and carries the connection without an answer.
  const mute = isSettled && attempt === winner && !Number.isNaN(attempt.askedAt) && Number.isNaN(attempt.answeredAt);
  return {
    line: lineName(attempt.candidate.line),
    address: formatIp(attempt.candidate.ip),
    remembered: attempt === lead,
    ...(isTrial ? { trial: true } : {}),
    started_ms: rounded(attempt.started - started),
    connected_ms: since(attempt.connectedAt),
    asked_ms: since(attempt.askedAt),
    answered_ms: since(attempt.answeredAt),
    ended_ms: since(attempt.endedAt) ?? (lost || mute ? since(decided) : undefined),
    detail: attempt.failure?.detail,
    result: attempt.result === 'connected' ? connectedAs(attempt, isTrial, lost, mute) : attempt.result,
  };
}

function connectedAs({ answeredAt }: NotedAttempt, isTrial: boolean, lost: boolean, mute: boolean): AttemptResult {
  if (isTrial) return Number.isNaN(answeredAt) ? 'connected' : 'answered';
  return lost ? 'abandoned' : mute ? 'silent' : 'connected';
}

export const rounded = (time_ms: number): number => Math.round(time_ms * 100) / 100;
