// What is noted of a connection for its one log line at the end (level debug). It holds no bytes of the connection.
import { peerEndpoint } from '../../linux/sockets.js';
import { formatEndpoint, formatIp } from '../../protocol/address.js';
import type { FailureCode } from '../../protocol/failure.js';
import type { Target } from '../../protocol/target.js';
import type { Attempt } from './attempt.js';

export class SessionRecord {
  readonly #client: string;
  readonly #opened: number;
  #target = '';
  #line: string | undefined;
  #address: string | undefined;
  #connect_ms: number | undefined;
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

  won(winner: Attempt, now: number): void {
    this.#line = winner.candidate.line.name;
    this.#address = formatIp(winner.candidate.ip);
    this.#connect_ms = now - winner.started;
  }

  lost(code: FailureCode): void {
    this.#cause = code;
  }

  relayed(up: number, down: number): void {
    this.#up = up;
    this.#down = down;
  }

  fields(ending: string, now: number): Record<string, unknown> {
    return {
      client: this.#client,
      target: this.#target,
      line: this.#line,
      address: this.#address,
      connect_ms: this.#connect_ms === undefined ? undefined : Math.round(this.#connect_ms * 100) / 100,
      bytes_up: this.#up,
      bytes_down: this.#down,
      duration_ms: Math.round(now - this.#opened),
      ending,
      cause: this.#cause,
    };
  }
}
