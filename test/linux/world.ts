// One engine under test with everything that its test needs: a handler that writes down what it hears, peers that are
// closed at the end, and the books: fds and maps that the engine says it opened and closed, and /proc/self/fd.
import assert from 'node:assert/strict';
import type { Engine } from '../../src/linux/engine/engine.js';
import { EpollEngine } from '../../src/linux/engine/epoll.js';
import { Handler, type Socket } from '../../src/linux/engine/socket.js';
import { UringEngine, type UringSizes } from '../../src/linux/engine/uring.js';
import { errorName } from '../../src/linux/error-name.js';
import type { Memory } from '../../src/linux/memory.js';
import type { Ownership } from '../../src/linux/ownership.js';
import { closeFd } from '../../src/linux/sockets.js';
import { withoutUring } from '../helpers/uring.js';
import { connectedPair, openFds } from './peers.js';

export type EngineKind = Engine['kind'];

/** Both engines, with the reason why one cannot be tested here. */
export const ENGINES: readonly { readonly kind: EngineKind; readonly missing: string | undefined }[] = [
  { kind: 'uring', missing: withoutUring },
  { kind: 'epoll', missing: undefined },
];

/** Rings that overflow at once, and few buffers. epoll has no such sizes. */
export const TINY: UringSizes = {
  submissions: 4,
  completions: 8,
  groups: [
    { size: 1024, count: 2 },
    { size: 4096, count: 2 },
    { size: 65536, count: 2 },
  ],
  datagrams: { size: 2048, count: 2 },
};

const TURN_MS = 20;
const TURNS_MAX = 200;

export interface Heard {
  readonly kind: 'accept' | 'connect' | 'receive' | 'stopped' | 'unsent' | 'pollIn' | 'pollOut' | 'pollHangup';
  readonly result: number;
  /** Empty unless it is a receive. */
  readonly bytes: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Writes down what it hears, in order, and reacts as the test tells it to. */
export class Recorder extends Handler {
  readonly heard: (Heard & { readonly socket: Socket })[] = [];
  react: (socket: Socket, heard: Heard) => void = () => {};

  #note(socket: Socket, heard: Heard): void {
    this.heard.push({ ...heard, socket });
    this.react(socket, heard);
  }

  of(kind: Heard['kind']): number[] {
    return this.heard.filter((heard) => heard.kind === kind).map((heard) => heard.result);
  }
  /** Accepted fds. */
  get accepted(): number[] {
    return this.of('accept').filter((result) => result >= 0);
  }
  get bytes(): Buffer {
    return Buffer.concat(this.heard.map((heard) => heard.bytes));
  }

  override onAccept(socket: Socket, result: number): void {
    this.#note(socket, { kind: 'accept', result, bytes: NOTHING });
  }
  override onConnect(socket: Socket, result: number): void {
    this.#note(socket, { kind: 'connect', result, bytes: NOTHING });
  }
  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    const bytes = Buffer.from(memory.bytes.subarray(offset, offset + Math.max(result, 0)));
    this.#note(socket, { kind: 'receive', result, bytes });
  }
  override onStreamStopped(socket: Socket): void {
    this.#note(socket, { kind: 'stopped', result: 0, bytes: NOTHING });
  }
  override onUnsent(socket: Socket, rest: Uint8Array, error: number): void {
    this.#note(socket, { kind: 'unsent', result: error, bytes: Buffer.from(rest) });
  }
  override onPollIn(socket: Socket, result: number): void {
    this.#note(socket, { kind: 'pollIn', result, bytes: NOTHING });
  }
  override onPollOut(socket: Socket, result: number): void {
    this.#note(socket, { kind: 'pollOut', result, bytes: NOTHING });
  }
  override onPollHangup(socket: Socket, result: number): void {
    this.#note(socket, { kind: 'pollHangup', result, bytes: NOTHING });
  }
}

/** Keeps the books of an engine and objects to an entry that does not fit. */
export class Books implements Ownership {
  readonly fds = new Set<number>();
  readonly closings = new Set<number>();
  readonly maps = new Map<number, Memory>();
  readonly objections: string[] = [];

  opened(fd: number): void {
    if (this.fds.has(fd)) this.objections.push(`fd ${fd} opened twice`);
    this.fds.add(fd);
  }
  closing(fd: number): void {
    if (!this.fds.has(fd)) this.objections.push(`fd ${fd} closed, but was never opened`);
    if (!openFds().has(fd)) this.objections.push(`fd ${fd} was closed before it was told`);
    this.closings.add(fd);
  }
  closed(fd: number): void {
    if (!this.closings.delete(fd)) this.objections.push(`fd ${fd} closed without a warning`);
    if (openFds().has(fd)) this.objections.push(`fd ${fd} is said to be closed, and is not`);
    this.fds.delete(fd);
  }
  mapped(memory: Memory): void {
    if (this.maps.has(memory.address)) this.objections.push(`${memory.size} bytes mapped twice`);
    this.maps.set(memory.address, memory);
  }
  unmapping(memory: Memory): void {
    if (!this.maps.delete(memory.address)) this.objections.push(`${memory.size} bytes unmapped, but never mapped`);
  }
}

export class World {
  readonly books = new Books();
  readonly engine: Engine;
  readonly #before = openFds();
  readonly #peers = new Set<number>();
  #destroyed = false;

  constructor(kind: EngineKind, sizes?: UringSizes) {
    const engine =
      kind === 'uring' ? UringEngine.open(this.books, sizes) : EpollEngine.open(this.books, sizes?.datagrams);
    if (typeof engine === 'number') throw new Error(`no ${kind} engine: ${errorName(engine)}`);
    this.engine = engine;
  }

  /** Closes these peers at the end of the test, unless `hangUp` has by then. */
  keep(...fds: number[]): void {
    for (const fd of fds) this.#peers.add(fd);
  }

  hangUp(fd: number, close: (fd: number) => void = closeFd): void {
    this.#peers.delete(fd);
    close(fd);
  }

  /** A connection: the engine's socket and the fd of its peer. */
  connection(handler: Handler = new Recorder()): { socket: Socket; peer: number } {
    const [near, peer] = connectedPair();
    this.keep(peer);
    return { socket: this.engine.adopt(near, handler), peer };
  }

  /** Turns until `done` holds; fails when it never does. Gives the turns it took. */
  until(done: () => boolean, what: string, turns = TURNS_MAX): number {
    for (let turn = 0; turn < turns; turn += 1) {
      if (done()) return turn;
      this.engine.turn(TURN_MS);
    }
    assert.ok(done(), `not within ${turns} turns: ${what}`);
    return turns;
  }

  /** Goes round until nothing more can be on its way. */
  settle(): void {
    for (let turn = 0; turn < 5; turn += 1) this.engine.turn(1);
  }

  destroy(): void {
    if (!this.#destroyed) this.engine.destroy();
    this.#destroyed = true;
  }

  /** Ends everything and closes the books. */
  end(): void {
    this.destroy();
    for (const fd of this.#peers) closeFd(fd);
    assert.deepEqual(this.books.objections, []);
    assert.deepEqual([...this.books.fds], [], 'fds that the engine says it still owns');
    assert.deepEqual(
      [...this.books.maps.values()].map((memory) => memory.size),
      [],
      'maps that it still owns',
    );
    assert.deepEqual(leftOpen(this.#before), []);
  }
}

/** What is open now and was not before. */
export function leftOpen(before: ReadonlyMap<number, string>): string[] {
  const left: string[] = [];
  for (const [fd, what] of openFds()) if (before.get(fd) !== what) left.push(`${fd}: ${what}`);
  return left;
}
