// Makes the record of a race as it is told (protocol/race/record.ts) of what was noted of it. Texts are made only here:
// when somebody reads.
import { formatIp } from '../../../protocol/address/address.js';
import type { Candidate } from '../../../protocol/lines/candidate.js';
import type { Failure } from '../../../protocol/race/failure.js';
import {
  type AttemptRecord,
  type AttemptResult,
  hasFailed,
  type RaceRecord,
  whyWon,
} from '../../../protocol/race/record.js';

/** What is noted of an attempt. Times are in ms of one clock; NaN for what has not happened. */
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

/** What is noted of a race, by the same clock. */
export interface NotedRace {
  readonly started: number;
  /** In the order in which they were started. */
  readonly attempts: readonly NotedAttempt[];
  /** What went first and alone, because it is remembered. */
  readonly lead: NotedAttempt | undefined;
}

/** How it came out. */
export interface RaceEnd {
  readonly winner: NotedAttempt | undefined;
  /** When that was settled; NaN while it is not. */
  readonly decided: number;
  readonly now: number;
  readonly failure: Failure | undefined;
  readonly reply: number | undefined;
}

/** `target`: `host:port`. `race`: undefined where none was run. */
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
    why: place === undefined ? undefined : whyWon(attempts, place),
    total_ms: won?.answered_ms ?? won?.connected_ms ?? rounded(end - (race?.started ?? end)),
    reply,
    cause: failure?.code,
    detail: failure?.detail,
    rule: failure?.rule,
  };
}

function attemptRecord(
  attempt: NotedAttempt,
  { started, lead }: NotedRace,
  winner: NotedAttempt | undefined,
  decided: number,
  lineName: (line: number) => string,
): AttemptRecord {
  const since = (at: number): number | undefined => (Number.isNaN(at) ? undefined : rounded(at - started));
  const isSettled = !Number.isNaN(decided);
  const lost = isSettled && winner !== undefined && attempt !== winner;
  // It was asked, and has the connection without an answer.
  const mute = isSettled && attempt === winner && !Number.isNaN(attempt.askedAt) && Number.isNaN(attempt.answeredAt);
  return {
    line: lineName(attempt.candidate.line),
    address: formatIp(attempt.candidate.ip),
    remembered: attempt === lead,
    started_ms: rounded(attempt.started - started),
    connected_ms: since(attempt.connectedAt),
    asked_ms: since(attempt.askedAt),
    answered_ms: since(attempt.answeredAt),
    ended_ms: since(attempt.endedAt) ?? (lost || mute ? since(decided) : undefined),
    detail: attempt.failure?.detail,
    result: attempt.result !== 'connected' ? attempt.result : lost ? 'abandoned' : mute ? 'silent' : 'connected',
  };
}

export const rounded = (time_ms: number): number => Math.round(time_ms * 100) / 100;
