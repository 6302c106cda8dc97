// What is noted of a connection for its one log line at the end (level debug): where it went, and every attempt of its
// race. It holds no bytes of the connection.
import { peerEndpoint } from '../../linux/sockets.js';
import { formatEndpoint, formatIp } from '../../protocol/address.js';
import type { FailureCode } from '../../protocol/failure.js';
import type { Target } from '../../protocol/target.js';
import type { Attempt } from './attempt.js';
import type { Race } from './race.js';

export class SessionRecord {
  readonly #client: string;
  readonly #opened: number;
  #target = '';
  #race: Race | undefined;
  #winner: Attempt | undefined;
  #cause: FailureCode | undefined;
  #up = 0;
  #down = 0;

  constructor(fd: number, now: number) {
    const peer = peerEndpoint(fd);
    this.#client = typeof peer === 'number' ? 'unknown' : formatEndpoint(formatIp(peer.ip), peer.port);
    this.#opened = now;
  }

  targeted(target: Target): void {
    this.#target = formatEndpoint(target.host, target.port);
  }

  raced(race: Race): void {
    this.#race = race;
  }

  won(winner: Attempt): void {
    this.#winner = winner;
  }

  lost(code: FailureCode): void {
    this.#cause = code;
  }

  relayed(up: number, down: number): void {
    this.#up = up;
    this.#down = down;
  }

  fields(ending: string, now: number): Record<string, unknown> {
    const winner = this.#winner;
    return {
      client: this.#client,
      target: this.#target,
      line: winner?.line.name,
      address: winner === undefined ? undefined : formatIp(winner.candidate.ip),
      connect_ms: winner === undefined ? undefined : rounded(winner.connectedAt - winner.started),
      attempts: this.#race?.attempts.map((attempt) => attemptFields(attempt, this.#race as Race)),
      bytes_up: this.#up,
      bytes_down: this.#down,
      duration_ms: Math.round(now - this.#opened),
      ending,
      cause: this.#cause,
    };
  }
}

/** Times are in ms from the beginning of the race; what has not happened is left out. */
function attemptFields(attempt: Attempt, race: Race): Record<string, unknown> {
  const since = (at: number): number | undefined => (Number.isNaN(at) ? undefined : rounded(at - race.started));
  return {
    line: attempt.line.name,
    address: formatIp(attempt.candidate.ip),
    started_ms: since(attempt.started),
    connected_ms: since(attempt.connectedAt),
    asked_ms: since(attempt.askedAt),
    answered_ms: since(attempt.answeredAt),
    result: attempt.result,
  };
}

const rounded = (time_ms: number): number => Math.round(time_ms * 100) / 100;
