// One half of a relay: bytes from one socket to the other, until the end of stream. It begins by copying through the
// thread's buffers, and changes to splicing through a pipe when reads keep filling them, and back when they no longer do.
// What a turn brought, or one pipe of bytes, is unsent at most; nothing more is read until it has gone.
import { BufferGroup, GROUP_SIZES } from '../../../linux/engine/buffers.js';
import type { Engine } from '../../../linux/engine/engine.js';
import type { Socket } from '../../../linux/engine/socket.js';
import { EAGAIN } from '../../../linux/errno.js';
import type { Memory } from '../../../linux/memory.js';
import { type Pipe, type PipePool, spliceIn, spliceOut } from '../../../linux/pipes.js';
import { sendBytes, sendFrom, setNoDelay } from '../../../linux/sockets.js';

/** What all directions of a thread share. */
export interface Copying {
  readonly engine: Engine;
  readonly pipes: PipePool;
}

/** What became of a step: it goes on by itself, the source has ended and all is delivered, or one of the two is broken. */
export type Progress = 'goes-on' | 'ended' | 'source-broken' | 'sink-broken';

/** Reads in a row that filled the buffer before a larger one, and then a pipe, is used. */
const FULL_READS = 3;
/** A large buffer counts as filled from here: a stream's segments do not come in powers of two. */
const FULL_LARGE = 32768;
/** Up to here bytes go with the turn's other operations; more of them go by a direct call, which tells what was taken. */
const MESSAGE_MAX = GROUP_SIZES[BufferGroup.small].size;
/** Pipe loads that one direction moves before others get their turn. */
const SPLICES_A_TURN = 8;
/** Wake-ups in a row that moved less than this before splicing is given up. */
const SMALL_SPLICE = 16384;
const SMALL_SPLICES = 4;

/** How the source is being read: not, one receive at a time (large buffers), as a stream of messages, or to its end. */
const Reading = { no: 0, once: 1, stream: 2, stopping: 3, ended: 4 } as const;
type Reading = (typeof Reading)[keyof typeof Reading];

/** Where the parts of a direction's state stand in one number: there are two for each connection, and most are idle. */
const READING = 7;
const BULK = 8;
const DELAYS = 16;
const STREAK = 5;
const ALL_BUT_STREAK = (1 << STREAK) - 1;

export class Direction {
  readonly source: Socket;
  readonly sink: Socket;
  /** Bytes delivered to the sink's kernel buffer. */
  bytes = 0;
  #state: number;
  /** What the sink has not taken: in pieces, the oldest first, or in the pipe that it is spliced through. */
  #waiting: Uint8Array[] | Pipe | undefined;

  /** `delays`: whether the sink still has Nagle's algorithm. */
  constructor(source: Socket, sink: Socket, delays: boolean) {
    this.source = source;
    this.sink = sink;
    this.#state = delays ? DELAYS | Reading.no : Reading.no;
  }

  get #reading(): Reading {
    return (this.#state & READING) as Reading;
  }
  set #reading(reading: Reading) {
    this.#state = (this.#state & ~READING) | reading;
  }

  /** Whether it is read in large buffers. */
  get #isBulk(): boolean {
    return (this.#state & BULK) !== 0;
  }
  set #isBulk(isBulk: boolean) {
    this.#state = isBulk ? this.#state | BULK : this.#state & ~BULK;
  }

  /** Full reads in a row while copying; small wake-ups in a row while splicing. */
  get #streak(): number {
    return this.#state >> STREAK;
  }
  set #streak(streak: number) {
    this.#state = (this.#state & ALL_BUT_STREAK) | (streak << STREAK);
  }

  get #unsent(): Uint8Array[] | undefined {
    return Array.isArray(this.#waiting) ? this.#waiting : undefined;
  }

  get #pipe(): Pipe | undefined {
    return Array.isArray(this.#waiting) ? undefined : this.#waiting;
  }

  /** The source has ended, and all its bytes have been delivered. */
  get ended(): boolean {
    return this.#reading === Reading.ended;
  }

  /** The sink has no room: nothing is read before what waits for it has gone. */
  get isStalled(): boolean {
    return this.#waiting !== undefined;
  }

  /** Begins to read. `isReading`: a receive is in flight already. */
  start(context: Copying, isReading: boolean): void {
    if (isReading) this.#reading = Reading.once;
    else if (this.#waiting === undefined) this.#read(context);
    else context.engine.pollHangup(this.source);
  }

  #read(context: Copying): void {
    if (this.#reading !== Reading.no) return;
    if (this.#isBulk) {
      this.#reading = Reading.once;
      context.engine.receive(this.source, BufferGroup.large);
    } else {
      this.#reading = Reading.stream;
      context.engine.stream(this.source);
    }
  }

  /** What of `bytes` is `unsent` waits for the sink, which is polled for room already; to be called before `start`. */
  takeOver(bytes: number, unsent: Uint8Array | undefined): void {
    this.bytes = bytes - (unsent?.length ?? 0);
    this.#waiting = unsent === undefined ? undefined : [unsent];
  }

  /** Delivers bytes that came before the relay began; to be called before `start`. */
  deliver(context: Copying, bytes: Uint8Array): void {
    if (context.engine.sendCopy(this.sink, bytes)) this.bytes += bytes.length;
    else this.#keep(context, bytes);
  }

  /** A receive has completed. */
  received(context: Copying, result: number, memory: Memory, offset: number): Progress {
    if (result <= 0 || this.#reading === Reading.once) this.#reading = Reading.no;
    if (result < 0) return 'source-broken';
    if ((this.#state & DELAYS) !== 0 && result > 0) this.#delayNoMore();
    if (this.#waiting !== undefined) {
      this.#append(context, memory.bytes.slice(offset, offset + result));
      return 'goes-on';
    }
    if (result === 0) return this.#end(context);
    // A direct call must not overtake what has been sent in this turn and might not have been taken.
    if (result <= MESSAGE_MAX || context.engine.isSending(this.sink)) this.#pass(context, memory, offset, result);
    else if (!this.#passDirectly(context, memory, offset, result)) return 'sink-broken';
    if (this.#waiting !== undefined) return 'goes-on';
    return this.#readOn(context, result);
  }

  /** Nagle's algorithm (RFC 896) holds nothing back before the second message; many a connection has but one. */
  #delayNoMore(): void {
    if (this.bytes === 0) return;
    this.#state &= ~DELAYS;
    setNoDelay(this.sink.fd);
  }

  /** What is left over, if anything ever is, is told in `unsent`. */
  #pass(context: Copying, memory: Memory, offset: number, size: number): void {
    if (context.engine.send(this.sink, memory, offset, size)) this.bytes += size;
    else this.#keep(context, memory.bytes.slice(offset, offset + size));
  }

  /** False when the sink is broken. */
  #passDirectly(context: Copying, memory: Memory, offset: number, size: number): boolean {
    const sent = sendFrom(this.sink.fd, memory.address + offset, size);
    if (sent < 0 && sent !== -EAGAIN) return false;
    this.bytes += Math.max(sent, 0);
    if (sent < size) this.#keep(context, memory.bytes.slice(offset + Math.max(sent, 0), offset + size));
    return true;
  }

  /** `rest` of what was sent in the last turn is left. */
  unsent(context: Copying, rest: Uint8Array, error: number): Progress {
    this.bytes -= rest.length;
    if (error !== -EAGAIN) return 'sink-broken';
    const unsent = this.#unsent;
    if (unsent === undefined) this.#keep(context, rest);
    else unsent.unshift(rest);
    return 'goes-on';
  }

  /**
   * Behind what has not gone yet: it was on its way by then. An end of stream will be read again when all has gone.
   */
  #append(context: Copying, bytes: Uint8Array): void {
    if (bytes.length > 0) this.#unsent?.push(bytes);
    this.#stop(context);
  }

  /** Waits for room for `rest`, and reads no more until then. */
  #keep(context: Copying, rest: Uint8Array): void {
    this.#waiting = [rest];
    this.#awaitRoom(context);
    this.#stop(context);
  }

  /** The source is not read meanwhile, so that a reset of it would not be seen. */
  #awaitRoom({ engine }: Copying): void {
    engine.pollOut(this.sink);
    engine.pollHangup(this.source);
  }

  #stop(context: Copying): void {
    if (this.#reading !== Reading.stream) return;
    this.#reading = Reading.stopping;
    context.engine.stopStream(this.source);
  }

  /** The stream has been stopped: it is read on in another way, or when there is room. */
  stopped(context: Copying): void {
    this.#reading = Reading.no;
    if (this.#waiting === undefined) this.#read(context);
  }

  #readOn(context: Copying, result: number): Progress {
    const full = this.#isBulk ? result >= FULL_LARGE : result === MESSAGE_MAX;
    this.#streak = full ? this.#streak + 1 : 0;
    if (this.#streak >= FULL_READS) {
      this.#streak = 0;
      if (this.#isBulk && this.#reading === Reading.no) return this.#splice(context);
      this.#isBulk = true;
      this.#stop(context);
    } else if (result < MESSAGE_MAX && this.#reading === Reading.no) {
      this.#isBulk = false;
    }
    this.#read(context);
    return 'goes-on';
  }

  /** The source has something while splicing. */
  readable(context: Copying): Progress {
    return this.#splice(context);
  }

  /** The sink has room again. */
  writable(context: Copying): Progress {
    if (this.#pipe !== undefined) return this.#splice(context);
    const unsent = this.#unsent ?? [];
    while (unsent.length > 0) {
      const sent = sendBytes(this.sink.fd, unsent[0]);
      if (sent < 0 && sent !== -EAGAIN) return 'sink-broken';
      this.bytes += Math.max(sent, 0);
      if (sent < unsent[0].length) {
        unsent[0] = unsent[0].subarray(Math.max(sent, 0));
        this.#awaitRoom(context);
        return 'goes-on';
      }
      unsent.shift();
    }
    this.#waiting = undefined;
    this.#read(context);
    return 'goes-on';
  }

  #splice(context: Copying): Progress {
    const pipe = this.#pipe ?? context.pipes.borrow();
    this.#waiting = pipe;
    if (pipe === undefined) return this.#copyAgain(context);
    let moved = 0;
    for (let loads = 0; loads < SPLICES_A_TURN; ) {
      if (pipe.filled === 0) {
        const filled = spliceIn(this.source.fd, pipe);
        if (filled <= 0) return this.#nothingMore(context, filled, moved);
        pipe.filled = filled;
      }
      const sent = spliceOut(pipe, this.sink.fd, pipe.filled);
      if (sent === -EAGAIN) {
        this.#awaitRoom(context);
        return 'goes-on';
      }
      if (sent < 0) return 'sink-broken';
      pipe.filled -= sent;
      this.bytes += sent;
      moved += sent;
      // Where it was not all, only the next call tells whether there was no room or the sink is broken.
      if (pipe.filled === 0) loads += 1;
    }
    // Its share of this turn is used up.
    context.engine.pollIn(this.source);
    return 'goes-on';
  }

  /** The source is empty, has ended or is broken, and so is the pipe empty. */
  #nothingMore(context: Copying, filled: number, moved: number): Progress {
    this.release(context);
    if (filled === 0) return this.#end(context);
    if (filled !== -EAGAIN) return 'source-broken';
    this.#streak = moved < SMALL_SPLICE ? this.#streak + 1 : 0;
    if (this.#streak >= SMALL_SPLICES) return this.#copyAgain(context);
    context.engine.pollIn(this.source);
    return 'goes-on';
  }

  #copyAgain(context: Copying): Progress {
    this.#streak = 0;
    this.#read(context);
    return 'goes-on';
  }

  /**
   * What came just before might not be taken: then the end has not been reached, and is read again. So it is while the
   * outcome of a send to the source is not known, since the kernel tells of a reset once: to that send, perhaps.
   */
  #end(context: Copying): Progress {
    const { engine } = context;
    if (engine.isSending(this.sink) || engine.isSending(this.source)) {
      this.#read(context);
      return 'goes-on';
    }
    this.#reading = Reading.ended;
    return 'ended';
  }

  /** Lets go of its pipe; its sockets are the relay's. */
  release(context: Copying): void {
    const pipe = this.#pipe;
    if (pipe === undefined) return;
    context.pipes.giveBack(pipe);
    this.#waiting = undefined;
  }
}
