// What a race of QUIC tells of each of its lines: for records, and as evidence for what is remembered of the destination.
import type { RouteFailure } from '../../routes/candidate-memory.js';
import type { Entrant } from './entrant.js';
import type { QuicRace } from './race.js';

/**
 * After a race is decided, how long the other lines are listened to, in ms: one that answers late works, and one that is silent by
 * then does not.
 */
export const LISTEN_MS = 3000;

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
export const ENTRANT_OUTCOMES = [
  ...[
    'won',
    'alone',
    'answered',
    'closed',
    'negotiation',
    'bounced',
    'failed',
    'forged',
    'silent',
    'late',
    'beaten',
    'unsent',
  ],
] as const;
export type EntrantOutcome = (typeof ENTRANT_OUTCOMES)[number];

/** Called when the race is decided, the outcome may change until LISTEN_MS later. */
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

/**
 * `works`: the line reaches the destination; `answer_ms` from the flight to the answer, undefined where the flight went out more than
 * once, since nobody knows which one was answered (RFC 6298 section 3). `fails`: it does not, by this cause.
 */
export type RaceEvidence =
  | { readonly kind: 'works'; readonly answer_ms: number | undefined }
  | { readonly kind: 'fails'; readonly cause: RouteFailure };

/** Undefined where the outcome tells nothing, or its failure (of ICMP, or of the way) tells more. */
export function evidenceOf(outcome: EntrantOutcome, { sent, answered, flights }: Entrant): RaceEvidence | undefined {
  switch (outcome) {
    case 'won':
    case 'answered': {
      const isClear = flights === 1 && sent !== undefined && answered !== undefined;
      return { kind: 'works', answer_ms: isClear ? answered - sent : undefined };
    }
    case 'forged':
      return { kind: 'fails', cause: 'not-tls' };
    case 'silent':
    case 'late':
      return { kind: 'fails', cause: outcome };
    case 'alone':
    case 'closed':
    case 'negotiation':
    case 'bounced':
    case 'failed':
    case 'beaten':
    case 'unsent':
      return undefined;
    default:
      return outcome satisfies never;
  }
}
