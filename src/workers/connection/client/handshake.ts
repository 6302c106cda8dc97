// Reads what a client sends before the race, until its target is known: messages in pieces of any size, pipelined or not. It
// feeds the inbound protocol, sends its answers, and has claims judged. It knows no protocol itself, and the session answers
// the request.

import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Engine } from '../../../linux/engine/engine.js';
import { Handler, type Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import type {
  Associated,
  Claimed,
  ClientAddress,
  Inbound,
  Refused,
  Requested,
} from '../../../protocol/inbound/inbound.js';
import type { Spoken } from '../../../protocol/inbound/spoken.js';
import { joined } from '../../../protocol/joined.js';
import type { User } from '../../../protocol/users/user.js';
import type { Authenticator, Verdict } from './authenticator.js';

export interface HandshakeParts {
  readonly engine: Pick<Engine, 'receive' | 'sendCopy' | 'pollHangup'>;
  readonly authenticator: Authenticator;
}

/** The handshake ends with exactly one of the calls `requested`, `associated`, `refused` and `left`. */
export interface HandshakeOutcome {
  /** `user`: who the client has shown to be; undefined for nobody. */
  requested(request: Requested, user: User | undefined): void;
  associated(request: Associated, user: User | undefined): void;
  refused(refusal: Refused): void;
  /** The client has gone before its target was known. */
  left(): void;
  /**
   * A header has said from where the client comes, and `next` reads on. Returns what reads on instead of it; undefined when the
   * connection is over.
   */
  told(client: ClientAddress, next: Inbound): Inbound | undefined;
  /** The client's address, as told if it was; 4 or 16 bytes, undefined for a Unix socket. */
  clientIp(): Uint8Array | undefined;
}

const NOTHING = new Uint8Array(0);

export class Handshake extends Handler {
  readonly #parts: HandshakeParts;
  readonly #outcome: HandshakeOutcome;
  /** Reads the next message. */
  #inbound: Inbound;
  /** The beginning of a message that is not complete: shorter than the longest message. */
  #partial: Uint8Array | undefined;
  #user: User | undefined;
  /** Withdraws the claim that is being judged; undefined for none. The client is not read meanwhile. */
  #withdraw: (() => void) | undefined;

  constructor(parts: HandshakeParts, inbound: Inbound, outcome: HandshakeOutcome) {
    super();
    this.#parts = parts;
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
    this.giveUp();
    this.#outcome.left();
  }

  /** Asked for while a claim was judged. Afterwards the client is read, which finds the same. */
  override onPollHangup(): void {
    if (this.#withdraw === undefined) return;
    this.giveUp();
    this.#outcome.left();
  }

  /** What the client speaks, as far as its bytes tell. */
  get spoken(): Spoken {
    return this.#inbound.speaks(this.#partial ?? NOTHING);
  }

  /** No outcome is wanted any more. The socket is left to the caller. */
  giveUp(): void {
    this.#withdraw?.();
    this.#withdraw = undefined;
  }

  #read(socket: Socket, bytes: Uint8Array, start: number, end: number): void {
    let step = this.#inbound.feed(bytes, start, end);
    let next = start;
    while (step.kind === 'proceed') {
      if (step.answer !== undefined) this.#parts.engine.sendCopy(socket, step.answer);
      const reads = step.client === undefined ? step.next : this.#outcome.told(step.client, step.next);
      if (reads === undefined) return;
      this.#inbound = reads;
      next += step.size;
      step = this.#inbound.feed(bytes, next, end);
    }
    switch (step.kind) {
      case 'incomplete':
        if (next < end) this.#partial = bytes.slice(next, end);
        this.#parts.engine.receive(socket, BufferGroup.handshake);
        break;
      case 'claimed':
        this.#judge(socket, step, bytes, next, end);
        break;
      case 'requested':
        this.#outcome.requested(step, this.#user);
        break;
      case 'associated':
        this.#outcome.associated(step, this.#user);
        break;
      case 'refused':
        this.#outcome.refused(step);
        break;
      default:
        step satisfies never;
    }
  }

  /** The claim is the message from `start` on; bytes up to `end` may be behind it. */
  #judge(socket: Socket, claimed: Claimed, bytes: Uint8Array, start: number, end: number): void {
    const { engine, authenticator } = this.#parts;
    const { name, password } = claimed;
    let unread = { bytes, start, end };
    const withdraw = authenticator.judge({ name, password, client: this.#outcome.clientIp() }, (verdict) => {
      this.#withdraw = undefined;
      this.#judged(socket, claimed, verdict, unread);
    });
    if (withdraw === undefined) return;
    // The buffer is lent until this returns.
    unread = { bytes: bytes.slice(start, end), start: 0, end: end - start };
    this.#withdraw = withdraw;
    engine.pollHangup(socket);
  }

  #judged(socket: Socket, { accepted, denied }: Claimed, verdict: Verdict, { bytes, start, end }: Unread): void {
    if (verdict.code !== 'known') {
      this.#outcome.refused(denied);
      return;
    }
    this.#user = verdict.user;
    if (accepted.answer !== undefined) this.#parts.engine.sendCopy(socket, accepted.answer);
    this.#inbound = accepted.next;
    this.#read(socket, bytes, start + accepted.size, end);
  }
}

/** What has come from a client and is not read yet. */
interface Unread {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}
