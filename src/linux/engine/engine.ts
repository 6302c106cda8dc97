// The completion engine: what the data plane asks of the kernel, and how it hears of the outcome. Two implementations,
// io_uring (uring.ts) and epoll (epoll.ts), behave alike. A socket's buffer nearly always has room, so a send is told
// only when something was left over; `pollOut` waits for room then. What must know at once what was taken, such as a bulk
// transfer, sends by a direct call (sockets.ts).
import type { Memory } from '../memory.js';
import type { BufferGroup } from './buffers.js';
import type { Handler, Socket } from './socket.js';

/** What can be sent on one socket in one turn, by `send` and `sendCopy` together. */
export const SEND_MAX = 65_536;

/** How a socket ends: with what was sent before delivered (FIN), or with a reset (RST, unsent bytes are dropped). */
export type Ending = 'graceful' | 'reset';

const POLLERR = 8;

/** Whether what `onPollHangup` was told is a reset or another error. Both directions may end without one. */
export const isBroken = (result: number): boolean => result < 0 || (result & POLLERR) !== 0;

/** What `onReceive` is told, to be passed on before it returns: the bytes are the engine's again then. */
export interface Received {
  readonly socket: Socket;
  readonly result: number;
  readonly memory: Memory;
  readonly offset: number;
}

/** What an engine counts, for the metrics and for tests. */
export interface EngineCounts {
  /** Turns that left completions in the kernel's overflow list, the ring being full (io_uring). */
  overflows: number;
  /** Receives that waited because their group had no buffer. */
  bufferWaits: number;
  /** Completions of a socket that is no more. */
  stale: number;
  turns: number;
}

/**
 * At most one operation of each kind is in flight per socket. Nothing completes inside the call that asks for it.
 */
export interface Engine {
  readonly kind: 'uring' | 'epoll';
  readonly counts: EngineCounts;
  /** Sockets that are not closed yet. */
  readonly size: number;
  /** Milliseconds of the thread's clock (thread-clock.ts) when this turn's waiting ended. */
  readonly now: number;
  /** The last turn may not have told all that had happened by then: the thread was away, or there was too much. */
  readonly isBehind: boolean;
  /** Takes over an open, non-blocking fd. */
  adopt(fd: number, handler: Handler): Socket;
  /**
   * `handler` is told of the socket's events from now on, also of what is pending by now: that is returned, as bits of
   * `Pending`. Of what was sent in this turn `isSending` tells. A socket that accepts or connects is not handed over.
   */
  handOver(socket: Socket, handler: Handler): number;
  /** Accepts one connection, or (`many`) one after the other until it fails. */
  accept(socket: Socket, many: boolean): void;
  /** `address` as packed by `packAddress`; it is copied. */
  connect(socket: Socket, address: Uint8Array): void;
  receive(socket: Socket, group: BufferGroup): void;
  /**
   * Receives again and again without being asked, in buffers of the small group, until the stream ends, fails or is
   * stopped. For messages: of a bulk transfer it brings many buffers in one turn.
   */
  stream(socket: Socket): void;
  /** What has come by now is still told. */
  stopStream(socket: Socket): void;
  /**
   * Sends with the turn's other operations, and waits for no room: of what is not taken at once `onUnsent` tells, and
   * nothing overtakes it. What is sent on a socket in one turn goes as one. The bytes must stay as they are until the next
   * turn has begun; those of the receive that is being told do by themselves. False: nothing of it is sent, since the turn
   * has sent its share.
   */
  send(socket: Socket, memory: Memory, offset: number, size: number): boolean;
  /** The same for bytes of the JavaScript heap, which are copied. */
  sendCopy(socket: Socket, bytes: Uint8Array): boolean;
  /** Whether something was sent on this socket in this turn of which it is not known yet that it was taken. */
  isSending(socket: Socket): boolean;
  /** What was sent on this socket in this turn goes now: for before a direct call that must not overtake it. */
  flush(socket: Socket): void;
  /** Told once. Right also when readiness was there before the call. */
  pollIn(socket: Socket): void;
  pollOut(socket: Socket): void;
  /** Told once, however often it was asked by then. */
  pollHangup(socket: Socket): void;
  /** Cancels the socket's operations, waits for their last completion and closes. Its handler hears nothing more. */
  close(socket: Socket, ending: Ending): void;
  /** The same clock as `now`, read at this moment. */
  clock(): number;
  /** Calls `readable` whenever `fd` becomes readable, until the engine is destroyed. The fd stays the caller's. */
  watch(fd: number, readable: () => void): void;
  /**
   * Submits, waits for at most `timeout_ms` (0: not at all) for something to happen, and tells the handlers. Whoever
   * is in no hurry waits for so many `outcomes` (io_uring only). Returns how many there were, 0 when nothing happened.
   */
  turn(timeout_ms: number, outcomes?: number): number;
  /** Resets every socket that is left, since cut short is not complete, and gives all memory back. */
  destroy(): void;
}
