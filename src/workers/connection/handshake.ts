// What a client says before the race: greeting and request (RFC 1928), in pieces of any size, pipelined or not. It
// answers the greeting itself; the request's answer is the session's, as it must wait for the outcome.
import { BufferGroup, Listener } from '../../linux/engine.js';
import type { Memory } from '../../linux/memory.js';
import type { Socket } from '../../linux/socket.js';
import { foreignProtocol } from '../../protocol/foreign.js';
import {
  decodeGreeting,
  decodeRequest,
  encodeRefusal,
  METHOD_NONE,
  METHOD_UNACCEPTABLE,
} from '../../protocol/inbound/socks5.js';
import { Method } from '../../protocol/socks-codes.js';
import type { Target } from '../../protocol/target.js';
import type { Context } from './context.js';
import type { Misfit } from './failure-log.js';

/** Whoever waits for the handshake. Exactly one of these is called, once. */
export interface HandshakeOutcome {
  /** `early` are bytes that the client sent behind its request; undefined for none. */
  requested(target: Target, early: Uint8Array | undefined): void;
  /**
   * Cannot be served; `answer` is what the client is told, undefined for one that speaks no SOCKS5. `misfit` is what it
   * does wrong, where that shows a wrong setting.
   */
  refused(answer: Uint8Array | undefined, misfit: Misfit | undefined): void;
  /** The client has gone before it said what it wanted. */
  left(): void;
}

export class Handshake extends Listener {
  readonly #context: Context;
  readonly #outcome: HandshakeOutcome;
  #greeted = false;
  /** The beginning of a message whose end has not come: fewer bytes than the longest message. */
  #partial: Uint8Array | undefined;

  constructor(context: Context, outcome: HandshakeOutcome) {
    super();
    this.#context = context;
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
    const joined = new Uint8Array(this.#partial.length + result);
    joined.set(this.#partial);
    joined.set(memory.bytes.subarray(offset, offset + result), this.#partial.length);
    this.#partial = undefined;
    this.#read(socket, joined, 0, joined.length);
  }

  /** Not even a few bytes are taken. */
  override onUnsent(): void {
    this.#outcome.left();
  }

  #read(socket: Socket, bytes: Uint8Array, start: number, end: number): void {
    let next = start;
    if (!this.#greeted) {
      const greeting = decodeGreeting(bytes, next, end);
      if (greeting.kind === 'incomplete') {
        this.#wait(socket, bytes, next, end);
        return;
      }
      if (greeting.kind === 'invalid') {
        this.#outcome.refused(undefined, foreignProtocol(bytes, next, end));
        return;
      }
      if (greeting.value === Method.unacceptable) {
        this.#outcome.refused(METHOD_UNACCEPTABLE, 'authentication');
        return;
      }
      this.#context.engine.sendCopy(socket, METHOD_NONE);
      this.#greeted = true;
      next += greeting.size;
    }
    const request = decodeRequest(bytes, next, end);
    if (request.kind === 'incomplete') {
      this.#wait(socket, bytes, next, end);
      return;
    }
    if (request.kind === 'invalid') {
      this.#outcome.refused(encodeRefusal(request.code), undefined);
      return;
    }
    next += request.size;
    this.#outcome.requested(request.value, next < end ? bytes.slice(next, end) : undefined);
  }

  #wait(socket: Socket, bytes: Uint8Array, start: number, end: number): void {
    if (start < end) this.#partial = bytes.slice(start, end);
    this.#context.engine.receive(socket, BufferGroup.handshake);
  }
}
