// What of a connection a row of numbers (rows.ts) cannot hold, and how an attempt is read back from a row. It keeps nothing.

import type { Failure } from '../../../protocol/race/failure.js';
import type { Spared } from '../../../protocol/race/record.js';
import type { User } from '../../../protocol/users/user.js';
import type { NotedAttempt, NotedRace } from './race-record.js';
import { Flag, type RecordRows } from './rows.js';

export interface Beside {
  /** The host of a target that is not an IPv4 address. */
  readonly host: string | undefined;
  readonly user: User | undefined;
  readonly race: NotedRace | undefined;
  readonly winner: NotedAttempt | undefined;
  readonly decided: number;
  readonly failure: Failure | undefined;
  /** It is the control connection of an association. */
  readonly isAssociation?: true;
}

/** A copy of an attempt: the attempt itself would keep its whole race in memory. */
export type Kept = { -readonly [K in keyof NotedAttempt]: NotedAttempt[K] };

export function copyOf(attempt: NotedAttempt): Kept {
  const { candidate, started, connectedAt, askedAt, answeredAt, endedAt, result, failure } = attempt;
  return { candidate, started, connectedAt, askedAt, answeredAt, endedAt, result, failure };
}

export function besideOf(host: string | undefined, user: User | undefined): Beside {
  return { host, user, race: undefined, winner: undefined, decided: Number.NaN, failure: undefined };
}

/** The only attempt of a row. Its times are in ms since the connection was opened, not of the clock. */
export function onlyAttempt(rows: RecordRows, slot: number): Pick<Beside, 'race' | 'winner' | 'decided'> {
  const isSilent = rows.has(slot, Flag.silent);
  const winner: NotedAttempt = {
    candidate: { line: rows.line(slot), ip: rows.address(slot) },
    started: rows.started(slot),
    connectedAt: rows.connected(slot),
    askedAt: rows.has(slot, Flag.asked) ? rows.asked(slot) : Number.NaN,
    answeredAt: rows.has(slot, Flag.answered) ? rows.heard(slot) : Number.NaN,
    endedAt: isSilent ? rows.heard(slot) : Number.NaN,
    result: isSilent ? 'silent' : 'connected',
    failure: undefined,
  };
  const [isRemembered, isSparing] = [rows.has(slot, Flag.remembered), rows.has(slot, Flag.spares)];
  const lead = isRemembered && !isSparing ? winner : undefined;
  const spares: Spared | undefined = isSparing ? (isRemembered ? 'hinted' : 'cheaper') : undefined;
  const race = { started: rows.began(slot), attempts: [winner], lead, spares };
  return { race, winner, decided: rows.connected(slot) };
}
