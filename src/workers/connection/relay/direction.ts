// One half of a relay: bytes from one socket to the other, until the end of stream. It begins by copying through the thread's
// buffers, changes to splicing through a pipe when reads keep filling the buffers, and back when they no longer do: pace.ts
// says when. At most the bytes of one turn, or one pipe of bytes, are unsent; nothing more is read until they have gone.
import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import { type Pipe, spliceIn, spliceOut } from '../../../linux/pipes.js';
import { isBroken, isEnd, isError, wouldBlock } from '../../../linux/result.js';
import { sendBytes, sendFrom, setNoDelay } from '../../../linux/sockets.js';
import type { Copying, Progress } from './copying.js';
import {
  afterRead,
  afterSplice,
  copying,
  fillsBuffers,
  inBulk,
  isBulk,
  isTrickle,
  MESSAGE_MAX,
  type Pace,
  paceOf,
  Reading,
  readingOf,
  SPLICE_MIN,
  SPLICES_A_TURN,
  usesNagle,
  withoutNagle,
  withReading,
} from './pace.js';

export class Direction {
  readonly source: Socket;
  readonly sink: Socket;
  /** Bytes delivered to the sink's kernel buffer. */
  bytes = 0;
  #pace: Pace;
  /** Bytes that the sink has not taken: in pieces, the oldest first, or in the pipe for splicing. */
  #waiting: Uint8Array[] | Pipe | undefined;

  /** `delays`: whether the sink still uses Nagle's algorithm. */
  constructor(source: Socket, sink: Socket, delays: boolean) {
    this.source = source;
    this.sink = sink;
    this.#pace = paceOf(delays);
  }

  get #unsent(): Uint8Array[] | undefined {
    return Array.isArray(this.#waiting) ? this.#waiting : undefined;
  }
  get #pipe(): Pipe | undefined {
    return Array.isArray(this.#waiting) ? undefined : this.#waiting;
  }

  /** Whether the source has ended and all its bytes have been delivered. */
  get ended(): boolean {
    return readingOf(this.#pace) === Reading.ended;
  }

  /** Whether the sink has no room: nothing is read before the waiting bytes have gone. */
  get isStalled(): boolean {
    return this.#waiting !== undefined;
  }
  /** Whether bytes wait for room at the sink. While splicing the pipe is kept also when it is empty. */
  get isHeldUp(): boolean {
    return this.#unsent !== undefined || (this.#pipe?.filled ?? 0) > 0;
  }

  /** Begins to read. `isReading`: a receive is in flight already. */
  start(context: Copying, isReading: boolean): void {
    if (isReading) this.#pace = withReading(this.#pace, Reading.once);
    else if (this.#waiting === undefined) this.#read(context);
    else context.engine.pollHangup(this.source);
  }

  #read(context: Copying): void {
    if (readingOf(this.#pace) !== Reading.no) return;
    if (isBulk(this.#pace)) {
      this.#pace = withReading(this.#pace, Reading.once);
      context.engine.receive(this.source, BufferGroup.large);
    } else {
      this.#pace = withReading(this.#pace, Reading.stream);
      context.engine.stream(this.source);
    }
  }

  /** Counts `bytes` that were sent before; the sink, polled for room, has not taken `unsent` of them. To be called before `start`. */
  takeOver(bytes: number, unsent: Uint8Array | undefined): void {
    this.bytes = bytes - (unsent?.length ?? 0);
    this.#waiting = unsent === undefined ? undefined : [unsent];
  }

  /** Delivers bytes that are not in the engine's memory. */
  deliver(context: Copying, bytes: Uint8Array): void {
    if (this.#waiting !== undefined) this.#append(context, bytes);
    else if (context.engine.sendCopy(this.sink, bytes)) this.bytes += bytes.length;
    else this.#keep(context, bytes);
  }

  /** A receive has completed. */
  received(context: Copying, result: number, memory: Memory, offset: number): Progress {
    if (result <= 0 || readingOf(this.#pace) === Reading.once) this.#pace = withReading(this.#pace, Reading.no);
    if (isError(result)) return 'source-broken';
    if (usesNagle(this.#pace) && result > 0) this.#delayNoMore();
    if (this.#waiting !== undefined) {
      this.#append(context, memory.bytes.slice(offset, offset + result));
      return 'goes-on';
    }
    if (isEnd(result)) return this.#end(context);
    // A direct call must not overtake bytes that were sent in this turn and might not have been taken.
    if (result <= MESSAGE_MAX || context.engine.isSending(this.sink)) this.#pass(context, memory, offset, result);
    else if (!this.#passDirectly(context, memory, offset, result)) return 'sink-broken';
    if (this.#waiting !== undefined) return 'goes-on';
    return this.#readOn(context, result);
  }

  /** Nagle's algorithm (RFC 896) delays nothing before the second message, and many connections have only one. */
  #delayNoMore(): void {
    if (this.bytes === 0) return;
    this.#pace = withoutNagle(this.#pace);
    setNoDelay(this.sink.fd);
  }

  /** Sends with the turn; `unsent` is called later if any bytes were not taken. */
  #pass(context: Copying, memory: Memory, offset: number, size: number): void {
    if (context.engine.send(this.sink, memory, offset, size)) this.bytes += size;
    else this.#keep(context, memory.bytes.slice(offset, offset + size));
  }

  /** Sends at once; returns false when the sink is broken. */
  #passDirectly(context: Copying, memory: Memory, offset: number, size: number): boolean {
    const sent = sendFrom(this.sink.fd, memory.address + offset, size);
    if (isBroken(sent)) return false;
    this.bytes += Math.max(sent, 0);
    if (sent < size) this.#keep(context, memory.bytes.slice(offset + Math.max(sent, 0), offset + size));
    return true;
  }

  /** A receive has completed whose bytes are dropped, or delivered otherwise: reads on. */
  protected skipped(context: Copying): Progress {
    if (readingOf(this.#pace) === Reading.once) this.#pace = withReading(this.#pace, Reading.no);
    if (this.#waiting === undefined) this.#read(context);
    return 'goes-on';
  }

  /** The kernel has not taken `rest` of what was sent in the last turn. */
  unsent(context: Copying, rest: Uint8Array, error: number): Progress {
    this.bytes -= rest.length;
    if (!wouldBlock(error)) return 'sink-broken';
    const unsent = this.#unsent;
    if (unsent === undefined) this.#keep(context, rest);
    else unsent.unshift(rest);
    return 'goes-on';
  }

  /** Puts bytes that were under way already behind the unsent ones. An end of stream is read again when those have gone. */
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

  /** Watches the source for a hang-up: it is not read meanwhile, so its reset would not be noticed otherwise. */
  #awaitRoom({ engine }: Copying): void {
    engine.pollOut(this.sink);
    engine.pollHangup(this.source);
  }

  #stop(context: Copying): void {
    if (readingOf(this.#pace) !== Reading.stream) return;
    this.#pace = withReading(this.#pace, Reading.stopping);
    context.engine.stopStream(this.source);
  }

  /** The stream has been stopped: reads on in another way, or waits for room. */
  stopped(context: Copying): void {
    this.#pace = withReading(this.#pace, Reading.no);
    if (this.#waiting === undefined) this.#read(context);
  }

  #readOn(context: Copying, result: number): Progress {
    this.#pace = afterRead(this.#pace, result);
    if (fillsBuffers(this.#pace)) {
      const isFull = isBulk(this.#pace) && readingOf(this.#pace) === Reading.no;
      this.#pace = inBulk(this.#pace);
      if (isFull) return this.#splice(context);
      this.#stop(context);
    }
    this.#read(context);
    return 'goes-on';
  }

  /** While splicing: the source has bytes. */
  readable(context: Copying): Progress {
    return this.#splice(context);
  }

  /** The sink has room again. */
  writable(context: Copying): Progress {
    if (this.#pipe !== undefined) return this.#splice(context);
    const unsent = this.#unsent ?? [];
    while (unsent.length > 0) {
      const sent = sendBytes(this.sink.fd, unsent[0]);
      if (isBroken(sent)) return 'sink-broken';
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

  /** How many of the next bytes of the source may go to the sink without being looked at. */
  protected get certain(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** So many bytes of the source have been taken without being looked at. */
  protected passed(_size: number): void {}

  #splice(context: Copying): Progress {
    const pipe = this.#pipe ?? context.pipes.borrow();
    this.#waiting = pipe;
    if (pipe === undefined) return this.#copyAgain(context);
    let moved = 0;
    for (let loads = 0; loads < SPLICES_A_TURN; ) {
      if (pipe.filled === 0) {
        if (this.certain < SPLICE_MIN) return this.#copyAgain(context);
        const filled = spliceIn(this.source.fd, pipe, this.certain);
        if (filled <= 0) return this.#nothingMore(context, filled, moved);
        this.passed(filled);
        pipe.filled = filled;
      }
      const sent = spliceOut(pipe, this.sink.fd, pipe.filled);
      if (wouldBlock(sent)) {
        this.#awaitRoom(context);
        return 'goes-on';
      }
      if (isError(sent)) return 'sink-broken';
      pipe.filled -= sent;
      this.bytes += sent;
      moved += sent;
      // After a partial splice, only the next call tells whether there was no room or the sink is broken.
      if (pipe.filled === 0) loads += 1;
    }
    // The share of this turn is used up.
    context.engine.pollIn(this.source);
    return 'goes-on';
  }

  /** The pipe is empty, and the source is empty, has ended or is broken. */
  #nothingMore(context: Copying, filled: number, moved: number): Progress {
    this.release(context);
    if (isEnd(filled)) return this.#end(context);
    if (!wouldBlock(filled)) return 'source-broken';
    this.#pace = afterSplice(this.#pace, moved);
    if (isTrickle(this.#pace)) return this.#copyAgain(context);
    context.engine.pollIn(this.source);
    return 'goes-on';
  }

  #copyAgain(context: Copying): Progress {
    this.release(context);
    this.#pace = copying(this.#pace);
    this.#read(context);
    return 'goes-on';
  }

  /**
   * Bytes just before the end may not have been taken: then the end is not reached yet, and is read again. The same holds while
   * the outcome of a send to the source is unknown, because the kernel reports a reset only once: perhaps to that send.
   */
  #end(context: Copying): Progress {
    const { engine } = context;
    if (engine.isSending(this.sink) || engine.isSending(this.source)) {
      this.#read(context);
      return 'goes-on';
    }
    this.#pace = withReading(this.#pace, Reading.ended);
    return 'ended';
  }

  /** Gives its pipe back; the relay closes the sockets. */
  release(context: Copying): void {
    const pipe = this.#pipe;
    if (pipe === undefined) return;
    context.pipes.giveBack(pipe);
    this.#waiting = undefined;
  }
}
