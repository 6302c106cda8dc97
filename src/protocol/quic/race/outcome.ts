// What a race of QUIC tells of each of its lines: for records, and for what is remembered of the destination.
import type { Entrant, EntrantFailure, WeakAnswer } from './entrant.js';
import type { QuicRace } from './race.js';

/**
 * - `won`: its server's answer decided the race
 * - `alone`: the client's early data, or the like, went over it, so the race was over before an answer
 * - `answered`: its answer was authentic, after that of another line
 * - `closed`, `negotiation`: its server closes, or knows other versions only; whether or not the client had this answer
 * - `bounced`: ICMP said that the destination is out of reach
 * - `failed`: its way has failed
 * - `forged`: only answers came that are none of the server
 * - `silent`: nothing has come, although the flight was sent more than once
 * - `late`: nothing has come within its usual time: a datagram may have been lost
 * - `beaten`: nothing has come, and nothing was due yet
 * - `unsent`: its way was not open in time
 */
export type EntrantOutcome =
  | 'won'
  | 'alone'
  | 'answered'
  | WeakAnswer
  | EntrantFailure
  | 'forged'
  | 'silent'
  | 'late'
  | 'beaten'
  | 'unsent';

/** As far as it is known now: a line that is heard later may still have `answered`. */
export function outcomeOf(race: QuicRace, entrant: Entrant, now: number): EntrantOutcome {
  const { win } = race;
  if (entrant.answered !== undefined) return entrant === win?.entrant ? 'won' : 'answered';
  if (entrant === win?.entrant && win.by === 'alone') return 'alone';
  if (entrant.weak !== undefined) return entrant.weak;
  if (entrant.failure !== undefined) return entrant.failure;
  if (entrant.forged > 0) return 'forged';
  if (entrant.sent === undefined) return 'unsent';
  if (now - entrant.sent < entrant.late_ms) return 'beaten';
  return entrant.flights > 1 ? 'silent' : 'late';
}
