// Connections whose two ends do as dice tell them: send, stop reading, half-close, reset, at the same time and in any
// order. What each end has read and how it ended is held against what the other end did. Plain fds and one poll(2) for
// all, in one thread: a seed gives the same acts again, though not the same timing.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { EAGAIN, ECONNRESET, EPIPE, errnoName } from '../../src/linux/errno.js';
import * as libc from '../../src/linux/libc.js';
import { mapMemory, unmap } from '../../src/linux/memory.js';
import { closeFd, sendBytes, shutdownWrite } from '../../src/linux/sockets.js';
import { POLLIN, POLLOUT, readNow, resetFd } from '../linux/peers.js';
import type { Dice } from './dice.js';
import type { RawEnds } from './socks-raw.js';

const READ_SIZE = 65_536;
/** Rounds pass quickly while someone only waits for them to pass. */
const ROUND_MS = 1;
/** What is still on its way then has been lost. */
const PATIENCE_MS = 10_000;
/** No size of a buffer is a multiple of it. */
const PATTERN_SIZE = 65_521;
const PATTERN = Uint8Array.from({ length: 2 * PATTERN_SIZE + READ_SIZE }, (_, i) => {
  const position = i % PATTERN_SIZE;
  return (position * 31 + (position >> 8) * 17) & 0xff;
});

type Act =
  | { readonly kind: 'send'; readonly size: number }
  /** Does nothing, in the end until it has read something. */
  | { readonly kind: 'rest' | 'await'; readonly rounds: number }
  /** Reads nothing for so long, and goes on. */
  | { readonly kind: 'turn-deaf'; readonly rounds: number }
  | { readonly kind: 'half-close' | 'reset' };

const SIZES = [1, 64, 1000, 4095, 4096, 4097, 16_384, 65_536, 200_000, 1_000_000];

function someActs(roll: Dice): Act[] {
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
  sent: number;
  read = 0;
  halfClosed = false;
  /** By itself, before it had read the other's end. */
  reset = false;
  /** What its last read found: 0 for the end of stream, or a negated errno. */
  found: number | undefined;
  #next = 0;
  /** Of the act under way: bytes to send, or rounds. */
  #left = 0;
  #deaf = 0;
  #closed = false;

  constructor(fd: number, acts: readonly Act[], sent: number) {
    this.fd = fd;
    this.acts = acts;
    this.sent = sent;
    this.#begin();
  }

  get #act(): Act | undefined {
    return this.acts[this.#next];
  }

  get isOver(): boolean {
    return this.#closed;
  }

  /** Whether rounds must pass for it to go on. */
  get isWaiting(): boolean {
    return this.#deaf > 0 || (this.#act !== undefined && this.#act.kind !== 'send');
  }

  /** poll(2) events. */
  get events(): number {
    return (this.#deaf > 0 || this.found !== undefined ? 0 : POLLIN) | (this.#act?.kind === 'send' ? POLLOUT : 0);
  }

  #begin(): void {
    const act = this.#act;
    if (act === undefined) return;
    if (act.kind === 'turn-deaf') this.#deaf = act.rounds;
    else if ('rounds' in act) this.#left = act.rounds;
    else if ('size' in act) this.#left = act.size;
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
    const from = this.read % PATTERN_SIZE;
    const differs = part.compare(PATTERN, from, from + part.length) !== 0;
    assert.ok(!differs, `bytes from ${this.read} on are not those that were sent`);
    this.read += part.length;
    if (this.#act?.kind === 'await') this.#left = 0;
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
    const from = this.sent % PATTERN_SIZE;
    const taken = sendBytes(this.fd, PATTERN.subarray(from, from + Math.min(this.#left, READ_SIZE)));
    if (taken === -EAGAIN) return;
    if (taken < 0) {
      // What the kernel tells to a send it does not tell to a read.
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
    const found = this.found === undefined ? 'nothing yet' : this.found === 0 ? 'an end' : errnoName(this.found);
    return `sent ${this.sent}, read ${this.read}, found ${found}; at act ${this.#next} of: ${acts}`;
  }
}

export interface Pair {
  /** Of the destination. */
  readonly port: number;
  readonly client: End;
  readonly destination: End;
}

/** What one end sends, from its beginning. */
export const beginning = (size: number): Uint8Array => PATTERN.subarray(0, size);

/** `early`: bytes that the client has sent already. */
export const somePair = ({ client, destination, port }: RawEnds, early: number, roll: Dice): Pair => ({
  port,
  client: new End(client, someActs(roll), early),
  destination: new End(destination, someActs(roll), 0),
});

const isOpen = ({ client, destination }: Pair): boolean => !client.isOver || !destination.isOver;

export const described = ({ port, client, destination }: Pair): string =>
  `\nclient ${client}\ndestination ${destination}, port ${port}`;

/** Until all have ended. */
export async function runTurmoil(pairs: readonly Pair[]): Promise<void> {
  const ends = pairs.flatMap(({ client, destination }) => [client, destination]);
  const pollfds = mapMemory(ends.length * 8);
  try {
    let quietSince = performance.now();
    for (let open = ends; open.length > 0; open = open.filter(({ isOver }) => !isOver)) {
      open.forEach(({ fd, events }, i) => {
        pollfds.ints[2 * i] = fd;
        pollfds.words[2 * i + 1] = events;
      });
      const waiting = open.some(({ isWaiting }) => isWaiting);
      const ready = libc.poll(pollfds.address, open.length, ROUND_MS);
      if (ready > 0 || waiting) quietSince = performance.now();
      const isStuck = performance.now() - quietSince > PATIENCE_MS;
      assert.ok(!isStuck, `nothing more happens:${pairs.filter(isOpen).map(described).join()}`);
      // The gateway's output is read meanwhile.
      await turn();
      open.forEach((end, i) => {
        end.round(pollfds.words[2 * i + 1] >>> 16);
      });
    }
  } finally {
    unmap(pollfds);
    for (const end of ends) if (!end.isOver) closeFd(end.fd);
  }
}

/** Whether `end` has seen the truth about `other`. */
function judge(end: End, other: End): void {
  assert.ok(end.read <= other.sent, 'more was read than was sent');
  if (end.found === 0) {
    assert.ok(other.halfClosed, 'an end was read that the other side has not sent');
    assert.equal(end.read, other.sent, 'the end came before all bytes had');
  } else if (end.found !== undefined) {
    assert.ok([-ECONNRESET, -EPIPE].includes(end.found), errnoName(end.found));
    assert.ok(other.reset, 'a reset was read that the other side has not sent');
  } else assert.ok(end.reset, 'nothing was read to the end');
}

export function judgePair(pair: Pair): void {
  try {
    judge(pair.client, pair.destination);
    judge(pair.destination, pair.client);
  } catch (error) {
    throw new Error(`${(error as Error).message}${described(pair)}`);
  }
}
