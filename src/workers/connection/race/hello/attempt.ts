// One connected attempt in the hello race: sends the client's whole ClientHello, and tells what the server's first bytes are.
// The hello race (race.ts) decides which of several attempts carries the connection.
import { BufferGroup } from '../../../../linux/engine/buffers.js';
import type { Engine } from '../../../../linux/engine/engine.js';
import { Handler, type Socket } from '../../../../linux/engine/socket.js';
import type { Memory } from '../../../../linux/memory.js';
import { isBroken, isEnd } from '../../../../linux/result.js';
import { sendBytes } from '../../../../linux/sockets.js';
import { joined } from '../../../../protocol/joined.js';
import { readServerWords } from '../../../../protocol/tls/server-answer.js';
import type { DialLine } from '../../shared/dialling/dial-lines.js';
import type { Attempt } from '../attempt/attempt.js';
import type { Learning } from '../known/outcome.js';

/** What the hello race needs of a connected attempt. */
export interface ConnectedAttempt
  extends Pick<Attempt, 'candidate' | 'rest' | 'askedAt' | 'answeredAt' | 'endedAt' | 'result' | 'release'> {
  readonly line: Pick<DialLine, 'isDirect'>;
}
/** What a server did instead of taking part in the handshake; the most telling first. */
export const REFUSALS = ['alert', 'other', 'ended', 'broken'] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface HelloAttemptOutcome<A extends ConnectedAttempt> {
  /** A server that was not asked yet has sent bytes. */
  spokeFirst(asked: HelloAttempt<A>, result: number, memory: Memory, offset: number): void;
  /** It takes part in the handshake: `asked.firstBytes`, and behind them the bytes that have just come, go to the client. */
  answered(asked: HelloAttempt<A>, result: number, memory: Memory, offset: number): void;
  /** It does not take part, or has left before it was asked; `asked.refusal` says how. */
  refused(asked: HelloAttempt<A>): void;
}

export class HelloAttempt<A extends ConnectedAttempt> extends Handler {
  readonly attempt: A;
  readonly socket: Socket;
  readonly reached: Learning | undefined;
  /** Bytes of the server that are not recognised yet, or that are a refusal. */
  firstBytes: Uint8Array | undefined;
  refusal: Refusal | undefined;
  /** The part of the ClientHello that has not been sent. */
  unsent: Uint8Array | undefined;
  /** By when it should answer, in ms of the engine's clock. */
  due = 0;
  #listens = false;
  readonly #engine: Engine;
  readonly #outcome: HelloAttemptOutcome<A>;

  constructor(engine: Engine, attempt: A, reached: Learning | undefined, outcome: HelloAttemptOutcome<A>) {
    super();
    this.#engine = engine;
    this.attempt = attempt;
    this.reached = reached;
    this.#outcome = outcome;
    this.firstBytes = attempt.rest;
    this.socket = attempt.release();
    engine.handOver(this.socket, this);
  }

  /** Whether it may still answer. */
  get isOpen(): boolean {
    return this.refusal === undefined;
  }

  get isAsked(): boolean {
    return !Number.isNaN(this.attempt.askedAt);
  }

  /** Reads also before it is asked, since a server may speak first. */
  listen(): void {
    this.#listens = true;
    this.#engine.receive(this.socket, BufferGroup.small);
  }

  /** Sends the ClientHello; the server is late if it does not answer within `within_ms`. */
  ask(hello: Uint8Array, within_ms: number): void {
    this.attempt.askedAt = this.#engine.now;
    this.due = this.#engine.now + within_ms;
    this.unsent = hello;
    if (!this.#send()) this.#refuse('broken');
    else if (!this.#listens) this.listen();
  }

  #send(): boolean {
    const unsent = this.unsent as Uint8Array;
    const sent = sendBytes(this.socket.fd, unsent);
    if (isBroken(sent)) return false;
    this.unsent = sent === unsent.length ? undefined : unsent.subarray(Math.max(sent, 0));
    if (this.unsent !== undefined) this.#engine.pollOut(this.socket);
    return true;
  }

  /** Also after a refusal, which may be all that the client gets in the end: the server then has the whole ClientHello. */
  override onPollOut(): void {
    if (this.unsent !== undefined && !this.#send() && this.isOpen) this.#refuse('broken');
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (!this.isAsked && result > 0) {
      this.#outcome.spokeFirst(this, result, memory, offset);
      return;
    }
    // If the ClientHello could not be sent, bytes that had come before are no answer, and neither is an end behind them.
    if (!this.isOpen) return;
    if (result <= 0) {
      this.#refuse(isEnd(result) ? 'ended' : 'broken');
      return;
    }
    const words = this.#firstBytesWith(memory, offset, result);
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
        this.#engine.receive(socket, BufferGroup.small);
    }
  }

  #firstBytesWith(memory: Memory, offset: number, result: number): Uint8Array | undefined {
    if (this.firstBytes === undefined) return undefined;
    return joined(this.firstBytes, memory.bytes.subarray(offset, offset + result));
  }

  #keep(memory: Memory, offset: number, result: number, joined: Uint8Array | undefined): void {
    this.firstBytes = joined ?? memory.bytes.slice(offset, offset + result);
  }

  #refuse(refusal: Refusal): void {
    this.refusal = refusal;
    this.attempt.endedAt = this.#engine.now;
    this.#outcome.refused(this);
  }
}

const readWords = (words: Uint8Array) => readServerWords(words, 0, words.length);
