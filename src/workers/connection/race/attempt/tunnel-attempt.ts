// An attempt whose first proxy is reached by TLS: it orders a tunnel from the TLS actor and hears from the tunnel's first
// bytes what came of it. From then on it is an attempt like any other, at the point at which it is connected to its first
// proxy.
import { BufferGroup } from '../../../../linux/engine/buffers.js';
import type { Socket } from '../../../../linux/engine/socket.js';
import type { Memory } from '../../../../linux/memory.js';
import type { SentFd } from '../../../../linux/pairs.js';
import type { Target } from '../../../../protocol/address/target.js';
import { joined } from '../../../../protocol/joined.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import { decodeOutcome } from '../../../../protocol/outbound/tunnel.js';
import { failureOf } from '../../../../protocol/race/failure.js';
import type { AttemptResult } from '../../../../protocol/race/record.js';
import type { Tunnels } from '../../shared/tunnels.js';
import { Attempt, type AttemptOutcome, type AttemptParts, type AttemptStart, STARTED } from './attempt.js';

export interface TunnelParts extends AttemptParts {
  readonly tunnels: Pick<Tunnels, 'order' | 'opened' | 'letGo'>;
}

const NOTHING = new Uint8Array(0);
const BROKEN = failureOf('internal', 'the thread for TLS gave no outcome');
const TOO_SOON = failureOf('proxy-protocol', 'it spoke before it was spoken to');

/** An attempt of either kind, which is still to be started. */
export function attemptFor(parts: TunnelParts, candidate: Candidate, target: Target, outcome: AttemptOutcome): Attempt {
  return parts.lines[candidate.line].isTunnel
    ? new TunnelAttempt(parts, candidate, target, outcome)
    : new Attempt(parts, candidate, target, outcome);
}

class TunnelAttempt extends Attempt {
  readonly #tunnels: TunnelParts['tunnels'];
  readonly #engine: TunnelParts['engine'];
  /** The other end of its socket, while the outcome is not known. */
  #far: SentFd | undefined;
  #unread: Uint8Array = NOTHING;

  constructor(parts: TunnelParts, candidate: Candidate, target: Target, outcome: AttemptOutcome) {
    super(parts, candidate, target, outcome);
    this.#tunnels = parts.tunnels;
    this.#engine = parts.engine;
  }

  protected override dial(): AttemptStart {
    const ordered = this.#tunnels.order(this.candidate.line, this.candidate.ip);
    if (ordered.code !== 'ordered') return ordered;
    this.#far = ordered.far;
    this.#engine.receive(this.take(ordered.near), BufferGroup.handshake);
    return STARTED;
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (this.#far === undefined) {
      super.onReceive(socket, result, memory, offset);
      return;
    }
    // The thread has died.
    if (result <= 0) {
      this.fail(BROKEN);
      return;
    }
    const bytes = joined(this.#unread, memory.bytes.subarray(offset, offset + result));
    const outcome = decodeOutcome(bytes);
    switch (outcome.kind) {
      case 'incomplete':
        this.#unread = bytes;
        this.#engine.receive(socket, BufferGroup.handshake);
        break;
      case 'invalid':
        this.fail(BROKEN);
        break;
      case 'message':
        if (outcome.value.code === 'failed') this.fail(failureOf(outcome.value.cause, outcome.value.detail));
        else if (outcome.size < bytes.length) this.fail(TOO_SOON);
        else this.#open(socket, this.#far, outcome.value.fd, outcome.value.tcp);
        break;
      default:
        outcome satisfies never;
    }
  }

  #open(socket: Socket, far: SentFd, theirs: number, tcp: SentFd): void {
    this.#tunnels.opened(socket.fd, far, theirs, tcp);
    this.#far = undefined;
    this.reached(socket);
  }

  override abandon(result: AttemptResult): void {
    if (this.#far !== undefined) this.#tunnels.letGo(this.#far);
    this.#far = undefined;
    super.abandon(result);
  }
}
