// One connected candidate that has been sent the client's ClientHello: sees to it that all of it goes out, and tells what
// the server's first bytes are. Which of several carries the connection is contest.ts's business.
import { BufferGroup, Handler } from '../../linux/engine.js';
import { EAGAIN } from '../../linux/errno.js';
import type { Memory } from '../../linux/memory.js';
import type { Socket } from '../../linux/socket.js';
import { sendBytes } from '../../linux/sockets.js';
import { readServerWords } from '../../protocol/tls-answer.js';
import type { Attempt } from './attempt.js';
import type { Context } from './context.js';
import type { Reached } from './reached.js';

/** What a server said or did instead of taking part in the handshake; the most telling first. */
export const REFUSALS = ['alert', 'other', 'ended', 'broken'] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface ContenderOutcome {
  /** It has said something, has ended or is broken, and was not asked yet. */
  spokeFirst(contender: Contender, result: number, memory: Memory, offset: number): void;
  /** It takes part: `contender.words` and, behind them, what has just come carry the connection. */
  answered(contender: Contender, result: number, memory: Memory, offset: number): void;
  /** It does not; `contender.refusal` says how. */
  refused(contender: Contender): void;
}

export class Contender extends Handler {
  readonly attempt: Attempt;
  readonly socket: Socket;
  readonly reached: Reached | undefined;
  /** Bytes of the server that do not say yet what they are, or that are a refusal. */
  words: Uint8Array | undefined;
  refusal: Refusal | undefined;
  /** Of the ClientHello, what has not gone out. */
  unsent: Uint8Array | undefined;
  /** When it should have answered, in ms of the engine's clock. */
  due = 0;
  #listens = false;
  readonly #context: Context;
  readonly #outcome: ContenderOutcome;

  constructor(context: Context, attempt: Attempt, reached: Reached | undefined, outcome: ContenderOutcome) {
    super();
    this.#context = context;
    this.attempt = attempt;
    this.reached = reached;
    this.#outcome = outcome;
    this.words = attempt.rest;
    this.socket = attempt.release();
    context.engine.handOver(this.socket, this);
  }

  /** Whether it may still answer. */
  get isOpen(): boolean {
    return this.refusal === undefined;
  }

  /** Before it is asked: it may speak first. */
  listen(): void {
    this.#listens = true;
    this.#context.engine.receive(this.socket, BufferGroup.small);
  }

  ask(hello: Uint8Array, within_ms: number): void {
    const { engine } = this.#context;
    this.attempt.askedAt = engine.now;
    this.due = engine.now + within_ms;
    this.unsent = hello;
    if (!this.#send()) this.#refuse('broken');
    else if (!this.#listens) this.listen();
  }

  #send(): boolean {
    const unsent = this.unsent as Uint8Array;
    const sent = sendBytes(this.socket.fd, unsent);
    if (sent < 0 && sent !== -EAGAIN) return false;
    this.unsent = sent === unsent.length ? undefined : unsent.subarray(Math.max(sent, 0));
    if (this.unsent !== undefined) this.#context.engine.pollOut(this.socket);
    return true;
  }

  /** Also after a refusal, which may be all that the client gets in the end: together with the rest of its question. */
  override onPollOut(): void {
    if (this.unsent !== undefined && !this.#send() && this.isOpen) this.#refuse('broken');
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (Number.isNaN(this.attempt.askedAt)) {
      this.#outcome.spokeFirst(this, result, memory, offset);
      return;
    }
    // Where the question could not be sent, what had come before is no answer, and an end behind it is none.
    if (!this.isOpen) return;
    if (result <= 0) {
      this.#refuse(result === 0 ? 'ended' : 'broken');
      return;
    }
    const words = this.#joined(memory, offset, result);
    switch (words === undefined ? readServerWords(memory.bytes, offset, offset + result) : readWords(words)) {
      case 'handshake':
        this.#outcome.answered(this, result, memory, offset);
        break;
      case 'alert':
        this.#keep(memory, offset, result, words);
        this.#refuse('alert');
        break;
      case 'other':
        this.#keep(memory, offset, result, words);
        this.#refuse('other');
        break;
      default:
        this.#keep(memory, offset, result, words);
        this.#context.engine.receive(socket, BufferGroup.small);
    }
  }

  #joined(memory: Memory, offset: number, result: number): Uint8Array | undefined {
    if (this.words === undefined) return undefined;
    const joined = new Uint8Array(this.words.length + result);
    joined.set(this.words);
    joined.set(memory.bytes.subarray(offset, offset + result), this.words.length);
    return joined;
  }

  #keep(memory: Memory, offset: number, result: number, joined: Uint8Array | undefined): void {
    this.words = joined ?? memory.bytes.slice(offset, offset + result);
  }

  #refuse(refusal: Refusal): void {
    this.refusal = refusal;
    this.attempt.endedAt = this.#context.engine.now;
    this.#outcome.refused(this);
  }
}

const readWords = (words: Uint8Array) => readServerWords(words, 0, words.length);
