// The record of a connection for its one log line at the end (level debug): its target, every attempt of its race, and why
// the winner won. It holds no bytes of the connection.
import { peerEndpoint } from '../../linux/sockets.js';
import { formatEndpoint, formatIp } from '../../protocol/address/address.js';
import type { Target } from '../../protocol/address/target.js';
import type { Replies } from '../../protocol/inbound/inbound.js';
import type { Failure } from '../../protocol/race/failure.js';
import { type AttemptRecord, hasFailed, type RaceRecord, whyWon } from '../../protocol/race/record.js';
import type { Attempt } from './race/attempt.js';
import type { Race } from './race/race.js';
import type { FirstByteOutcome } from './relay/first-byte.js';

export class SessionRecord {
  readonly #clock: { readonly now: number };
  readonly #client: string;
  readonly #opened: number;
  #target: Target | undefined;
  #replies: Replies | undefined;
  #race: Race | undefined;
  #winner: Attempt | undefined;
  #failure: Failure | undefined;
  /** When the race had a winner, or could have none any more. */
  #decided = Number.NaN;
  #up = 0;
  #down = 0;

  /** `clock` is the engine's. */
  constructor(fd: number, clock: { readonly now: number }) {
    const peer = peerEndpoint(fd);
    this.#client = typeof peer === 'number' ? 'unknown' : formatEndpoint(formatIp(peer.ip), peer.port);
    this.#clock = clock;
    this.#opened = clock.now;
  }

  /** `replies` are those of the client's protocol. */
  targeted(target: Target, replies: Replies): void {
    this.#target = target;
    this.#replies = replies;
  }

  raced(race: Race): void {
    this.#race = race;
  }

  /** Returns the handler for the destination's first byte, which also calls `outcome`. */
  won(winner: Attempt, outcome: FirstByteOutcome | undefined): FirstByteOutcome | undefined {
    const clock = this.#clock;
    this.#winner = winner;
    this.#decided = clock.now;
    if (!Number.isNaN(winner.askedAt)) return outcome;
    return {
      answered(result, first_byte_ms) {
        winner.answeredAt = clock.now;
        if (result === 'tls') winner.askedAt = clock.now - first_byte_ms;
        outcome?.answered(result, first_byte_ms);
      },
      failed(cause) {
        winner.result = cause;
        winner.endedAt = clock.now;
        outcome?.failed(cause);
      },
    };
  }

  lost(failure: Failure): void {
    this.#failure = failure;
    this.#decided = this.#clock.now;
  }

  relayed(up: number, down: number): void {
    this.#up = up;
    this.#down = down;
  }

  fields(ending: string): Record<string, unknown> {
    const winner = this.#winner;
    return {
      client: this.#client,
      ...this.#raced(ending),
      line: winner?.line.name,
      address: winner === undefined ? undefined : formatIp(winner.candidate.ip),
      connect_ms: winner === undefined ? undefined : rounded(winner.connectedAt - winner.started),
      bytes_up: this.#up,
      bytes_down: this.#down,
      duration_ms: Math.round(this.#clock.now - this.#opened),
      ending,
    };
  }

  /** Undefined for a client whose target is not known. */
  #raced(ending: string): RaceRecord | undefined {
    const race = this.#race;
    if (this.#target === undefined) return undefined;
    const decided = Number.isNaN(this.#decided) ? this.#clock.now : this.#decided;
    // A blocked connection has no race.
    const attempts = race?.attempts.map((attempt) => attemptRecord(attempt, race, this.#winner, decided)) ?? [];
    const winner = this.#winner === undefined ? undefined : race?.attempts.indexOf(this.#winner);
    const won = winner === undefined || hasFailed(attempts[winner]) ? undefined : attempts[winner];
    return {
      target: formatEndpoint(this.#target.host, this.#target.port),
      attempts,
      winner,
      why: winner === undefined ? undefined : whyWon(attempts, winner),
      total_ms: won?.answered_ms ?? won?.connected_ms ?? rounded(decided - (race?.started ?? this.#opened)),
      reply: this.#reply(ending),
      cause: this.#failure?.code,
      detail: this.#failure?.detail,
    };
  }

  #reply(ending: string): number | undefined {
    if (this.#failure !== undefined) return this.#replies?.failureCode(this.#failure.code);
    return ending === 'cancelled' ? undefined : this.#replies?.successCode;
  }
}

function attemptRecord(attempt: Attempt, race: Race, winner: Attempt | undefined, decided: number): AttemptRecord {
  const since = (at: number): number | undefined => (Number.isNaN(at) ? undefined : rounded(at - race.started));
  const lost = attempt !== winner;
  // It was sent the ClientHello, and carries the connection without an answer.
  const mute = !lost && !Number.isNaN(attempt.askedAt) && Number.isNaN(attempt.answeredAt);
  return {
    line: attempt.line.name,
    address: formatIp(attempt.candidate.ip),
    remembered: attempt === race.lead,
    started_ms: rounded(attempt.started - race.started),
    connected_ms: since(attempt.connectedAt),
    asked_ms: since(attempt.askedAt),
    answered_ms: since(attempt.answeredAt),
    ended_ms: since(attempt.endedAt) ?? (lost || mute ? since(decided) : undefined),
    detail: attempt.failure?.detail,
    result: attempt.result !== 'connected' ? attempt.result : lost ? 'abandoned' : mute ? 'silent' : 'connected',
  };
}

const rounded = (time_ms: number): number => Math.round(time_ms * 100) / 100;
