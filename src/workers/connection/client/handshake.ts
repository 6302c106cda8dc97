// Reads what a client sends before the race, until its target is known: messages in pieces of any size, pipelined or not. It
// feeds the inbound protocol and sends its answers. It knows no protocol itself, and the session answers the request.

import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Engine } from '../../../linux/engine/engine.js';
import { Handler, type Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import type { Inbound, Refused, Requested } from '../../../protocol/inbound/inbound.js';
import { joined } from '../../../protocol/joined.js';

/** The handshake ends with exactly one of these calls. */
export interface HandshakeOutcome {
  requested(request: Requested): void;
  refused(refusal: Refused): void;
  /** The client has gone before its target was known. */
  left(): void;
}

export class Handshake extends Handler {
  readonly #engine: Pick<Engine, 'receive' | 'sendCopy'>;
  readonly #outcome: HandshakeOutcome;
  /** Reads the next message. */
  #inbound: Inbound;
  /** The beginning of a message that is not complete: shorter than the longest message. */
  #partial: Uint8Array | undefined;

  constructor(engine: Pick<Engine, 'receive' | 'sendCopy'>, inbound: Inbound, outcome: HandshakeOutcome) {
    super();
    this.#engine = engine;
    this.#inbound = inbound;
    this.#outcome = outcome;
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result <= 0) {
      this.#outcome.left();
      return;
    }
    if (this.#partial === undefined) {
      this.#read(socket, memory.bytes, offset, offset + result);
      return;
    }
    const whole = joined(this.#partial, memory.bytes.subarray(offset, offset + result));
    this.#partial = undefined;
    this.#read(socket, whole, 0, whole.length);
  }

  /** A client whose socket does not even take these few bytes is given up. */
  override onUnsent(): void {
    this.#outcome.left();
  }

  #read(socket: Socket, bytes: Uint8Array, start: number, end: number): void {
    let step = this.#inbound.feed(bytes, start, end);
    let next = start;
    while (step.kind === 'proceed') {
      if (step.answer !== undefined) this.#engine.sendCopy(socket, step.answer);
      this.#inbound = step.next;
      next += step.size;
      step = this.#inbound.feed(bytes, next, end);
    }
    switch (step.kind) {
      case 'incomplete':
        if (next < end) this.#partial = bytes.slice(next, end);
        this.#engine.receive(socket, BufferGroup.handshake);
        break;
      case 'claimed':
        // No way in asks for users yet.
        this.#outcome.refused(step.denied);
        break;
      case 'requested':
        this.#outcome.requested(step);
        break;
      case 'refused':
        this.#outcome.refused(step);
        break;
      default:
        step satisfies never;
    }
  }
}
