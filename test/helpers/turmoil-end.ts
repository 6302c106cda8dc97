// One end of a connection that acts by dice: it sends, stops reading, half-closes, resets. It is a plain fd and proceeds in
// rounds, with what poll(2) says is ready.
import assert from 'node:assert/strict';
import { EAGAIN } from '../../src/linux/errno.js';
import { errorName } from '../../src/linux/error-name.js';
import { closeFd, sendBytes, shutdownWrite } from '../../src/linux/sockets.js';
import { POLLIN, POLLOUT, readNow, resetFd } from '../linux/peers.js';
import type { Dice } from './dice.js';

const READ_SIZE = 65_536;
/** A prime, so that no buffer's size is a multiple of it. */
const PATTERN_SIZE = 65_521;
const PATTERN = Uint8Array.from({ length: 2 * PATTERN_SIZE + READ_SIZE }, (_, i) => {
  const position = i % PATTERN_SIZE;
  return (position * 31 + (position >> 8) * 17) & 0xff;
});

/** What an end sends: `head`, then bytes of the repeated pattern without end, from the offset `shift` on. */
export class Content {
  readonly head: Uint8Array;
  readonly #shift: number;

  constructor(head: Uint8Array = new Uint8Array(), shift = 0) {
    this.head = head;
    this.#shift = shift;
  }

  /** The bytes from `position` on: at most `size`, and at least one. */
  at(position: number, size: number): Uint8Array {
    if (position < this.head.length) return this.head.subarray(position, position + size);
    const from = (position - this.head.length + this.#shift) % PATTERN_SIZE;
    return PATTERN.subarray(from, from + size);
  }

  /** Whether `bytes` are the content from `position` on. */
  holds(bytes: Uint8Array, position: number): boolean {
    for (let at = 0; at < bytes.length; ) {
      const part = this.at(position + at, Math.min(bytes.length - at, READ_SIZE));
      if (Buffer.compare(part, bytes.subarray(at, at + part.length)) !== 0) return false;
      at += part.length;
    }
    return true;
  }
}

export type Act =
  | { readonly kind: 'send'; readonly size: number }
  /** Does nothing for `rounds`; `await` goes on earlier when it has read at least `size` bytes. */
  | { readonly kind: 'rest' | 'await'; readonly rounds: number; readonly size?: number }
  /** Reads nothing for `rounds`, and goes on with the next act meanwhile. */
  | { readonly kind: 'turn-deaf'; readonly rounds: number }
  | { readonly kind: 'half-close' | 'reset' };

const SIZES = [1, 64, 1000, 4095, 4096, 4097, 16_384, 65_536, 200_000, 1_000_000];

export function someActs(roll: Dice): Act[] {
  const size = (): number => Math.max(1, roll(2) === 0 ? SIZES[roll(SIZES.length)] : roll(3000));
  const acts: Act[] = [];
  for (let count = roll(8); count > 0; count -= 1) {
    switch (roll(6)) {
      case 0:
        acts.push({ kind: 'rest', rounds: roll(6) });
        break;
      case 1:
        acts.push({ kind: 'turn-deaf', rounds: roll(20) });
        break;
      case 2:
        acts.push({ kind: 'await', rounds: roll(20) });
        break;
      default:
        acts.push({ kind: 'send', size: size() });
    }
  }
  acts.push({ kind: roll(3) === 0 ? 'reset' : 'half-close' });
  if (roll(6) === 0) acts.push({ kind: 'rest', rounds: roll(6) }, { kind: 'reset' });
  return acts;
}

export class End {
  readonly fd: number;
  readonly acts: readonly Act[];
  /** What it sends. */
  readonly content: Content;
  /** All bytes that it has read, kept where the sender is not known beforehand. */
  readonly got: Buffer[] = [];
  sent: number;
  read = 0;
  halfClosed = false;
  /** Whether it has reset the connection itself. */
  reset = false;
  /** How reading ended: 0 for the end of stream, or a negated errno; undefined so far. */
  found: number | undefined;
  #next = 0;
  /** Left of the current act: bytes to send, or rounds. */
  #left = 0;
  #deaf = 0;
  #closed = false;

  readonly #expects: Content | undefined;

  /** `expects` is the content that the other end sends, if it is known; `sent` the number of bytes sent before. */
  constructor(fd: number, acts: readonly Act[], content: Content, expects: Content | undefined, sent = 0) {
    this.fd = fd;
    this.acts = acts;
    this.content = content;
    this.#expects = expects;
    this.sent = sent;
    this.#begin();
  }

  get #act(): Act | undefined {
    return this.acts[this.#next];
  }

  get isOver(): boolean {
    return this.#closed;
  }

  /** Whether it can only go on when rounds pass. */
  get isWaiting(): boolean {
    return this.#deaf > 0 || (this.#act !== undefined && this.#act.kind !== 'send');
  }

  /** The poll(2) events that it waits for. */
  get events(): number {
    return (this.#deaf > 0 || this.found !== undefined ? 0 : POLLIN) | (this.#act?.kind === 'send' ? POLLOUT : 0);
  }

  #begin(): void {
    const act = this.#act;
    if (act === undefined) return;
    if (act.kind === 'turn-deaf') this.#deaf = act.rounds;
    else if ('rounds' in act) this.#left = act.rounds;
    else if (act.kind === 'send') this.#left = act.size;
  }

  #proceed(): void {
    this.#next += 1;
    this.#begin();
  }

  round(ready: number): void {
    if (this.#closed) return;
    if (this.#deaf > 0) this.#deaf -= 1;
    else if ((ready & ~POLLOUT) !== 0 && this.found === undefined) this.#read();
    if ((this.found ?? 0) < 0) this.#close();
    else this.#do();
    // Both directions have ended.
    if (!this.#closed && this.halfClosed && this.found === 0) this.#close();
  }

  #read(): void {
    const part = readNow(this.fd, READ_SIZE);
    if (typeof part === 'number') {
      if (part !== -EAGAIN) this.found = part;
      return;
    }
    if (part.length === 0) this.found = 0;
    if (this.#expects === undefined) this.got.push(part);
    else assert.ok(this.#expects.holds(part, this.read), `bytes from ${this.read} on are not those that were sent`);
    this.read += part.length;
    const act = this.#act;
    if (act?.kind === 'await' && this.read >= (act.size ?? 0)) this.#left = 0;
  }

  #do(): void {
    const act = this.#act;
    switch (act?.kind) {
      case 'send':
        this.#send();
        break;
      case 'rest':
      case 'await':
        this.#left -= 1;
        if (this.#left <= 0) this.#proceed();
        break;
      case 'turn-deaf':
        this.#proceed();
        break;
      case 'half-close':
        shutdownWrite(this.fd);
        this.halfClosed = true;
        this.#proceed();
        break;
      case 'reset':
        this.reset = true;
        resetFd(this.fd);
        this.#closed = true;
        break;
      case undefined:
        break;
    }
  }

  #send(): void {
    const taken = sendBytes(this.fd, this.content.at(this.sent, Math.min(this.#left, READ_SIZE)));
    if (taken === -EAGAIN) return;
    if (taken < 0) {
      // An error that the kernel has reported to a send is not reported to a read again.
      this.found ??= taken;
      this.#close();
      return;
    }
    this.sent += taken;
    this.#left -= taken;
    if (this.#left <= 0) this.#proceed();
  }

  #close(): void {
    closeFd(this.fd);
    this.#closed = true;
  }

  toString(): string {
    const acts = this.acts.map((act) => ('size' in act ? `${act.kind} ${act.size}` : act.kind)).join(', ');
    const found = this.found === undefined ? 'nothing yet' : this.found === 0 ? 'an end' : errorName(this.found);
    return `sent ${this.sent}, read ${this.read}, found ${found}; at act ${this.#next} of: ${acts}`;
  }
}
