// The interface of the completion engine: the data plane asks for an operation on a socket and hears of its outcome in a
// later turn. Two implementations, io_uring (uring.ts) and epoll (epoll.ts), behave alike. A socket's buffer nearly always
// has room, so a send is reported only when something was left over; `pollOut` then waits for room. A caller that must
// know at once how much was taken, such as a bulk transfer, sends by a direct call (sockets.ts). The engine does no
// splicing and does not run the thread: see pipes.ts and loop.ts.
import type { Memory } from '../memory.js';
import type { Outgoing } from '../udp/datagrams.js';
import type { BufferGroup } from './buffers.js';
import type { Handler, Socket } from './socket.js';

/** Bytes that can be sent on one socket in one turn, by `send` and `sendCopy` together. */
export const SEND_MAX = 65_536;

/** How a socket ends: the bytes sent before are still delivered (FIN), or unsent bytes are dropped (RST). */
export type Ending = 'graceful' | 'reset';

const POLLERR = 8;

/** Whether the `result` of `onPollHangup` is a reset or another error; both directions may also end without one. */
export const tellsBroken = (result: number): boolean => result < 0 || (result & POLLERR) !== 0;

/** The arguments of `onReceive` as one value. The bytes are valid only until `onReceive` returns. */
export interface Received {
  readonly socket: Socket;
  readonly result: number;
  readonly memory: Memory;
  readonly offset: number;
}

/** What an engine counts, for the metrics and for tests. */
export interface EngineCounts {
  /** Turns after which the completion ring was full and the kernel kept further completions in a list (io_uring). */
  overflows: number;
  /** Receives that waited because their group had no buffer. */
  bufferWaits: number;
  /** Events of a socket that has been closed. */
  stale: number;
  /** Calls of `turn`. */
  turns: number;
}

/**
 * A caller may have one operation of each kind in flight per socket. No handler is called inside the call that asks for
 * an operation. Errors are negated errnos, passed to the handler.
 */
export interface Engine {
  readonly kind: 'uring' | 'epoll';
  readonly counts: EngineCounts;
  /** Sockets that are not closed yet. */
  readonly size: number;
  /** Milliseconds of the thread's clock (thread-clock.ts) at the end of this turn's wait. */
  readonly now: number;
  /** The last turn may have left events unreported: the thread had not run for a while, or there were too many of them. */
  readonly isBehind: boolean;
  /** Takes over an open, non-blocking fd. */
  adopt(fd: number, handler: Handler): Socket;
  /**
   * From now on the socket's events go to `handler`. Returns the pending operations as bits of `Pending`; their outcomes
   * go to `handler` too. `isSending` tells whether sent bytes are still unconfirmed. Not for a socket that accepts or
   * connects.
   */
  handOver(socket: Socket, handler: Handler): number;
  /** Accepts one connection. */
  accept(socket: Socket): void;
  /**
   * Ends the wait for a connection, if there is one. `onAccept` still hears of one that has been accepted by then, else of
   * -ECANCELED. No other accept of the socket before that.
   */
  stopAccept(socket: Socket): void;
  /** `address` as packed by `packAddress`; it is copied. */
  connect(socket: Socket, address: Uint8Array): void;
  /** Receives once, into a buffer of `group`. The outcome goes to `onReceive`. */
  receive(socket: Socket, group: BufferGroup): void;
  /**
   * Receives repeatedly, into buffers of the small group, until the stream ends, fails or is stopped. Meant for messages:
   * with a bulk transfer it would fill many buffers in one turn.
   */
  stream(socket: Socket): void;
  /** Bytes that have arrived by now still go to `onReceive`; then `onStreamStopped` is called. */
  stopStream(socket: Socket): void;
  /**
   * Sends with the turn's other operations, without waiting for room: bytes that are not taken at once go to `onUnsent`,
   * and nothing overtakes them. With io_uring, all that a turn sends on one socket goes as one send. The bytes must stay
   * unchanged until the next turn has begun; for bytes that `onReceive` is called with, the engine sees to that. Returns
   * false, and sends none of the bytes, when this turn cannot take them on this socket any more.
   */
  send(socket: Socket, memory: Memory, offset: number, size: number): boolean;
  /** The same for bytes of the JavaScript heap, which are copied. */
  sendCopy(socket: Socket, bytes: Uint8Array): boolean;
  /**
   * Receives datagrams repeatedly until the socket is closed. For a UDP socket (openUdp), on which none of the operations above but
   * `handOver` and `close` may be called.
   */
  receiveDatagrams(socket: Socket): void;
  /**
   * Sends datagrams with the turn, never waits for room; what was not sent is told by `onDatagramsUnsent`. Nothing of `out` is kept
   * but `out.memory`, whose bytes must stay unchanged until the next turn has begun; for bytes of `onDatagrams` the engine sees to
   * that.
   */
  sendDatagrams(socket: Socket, out: Outgoing): void;
  /** The same for one datagram of the JavaScript heap, which is copied. `to`, `head` and `ecn` as in `Outgoing`. */
  sendDatagramCopy(
    socket: Socket,
    to: Uint8Array | undefined,
    head: Uint8Array | undefined,
    bytes: Uint8Array,
    ecn: number,
  ): void;
  /** Whether bytes that this turn sent on this socket are still unconfirmed: they may come back in `onUnsent`. */
  isSending(socket: Socket): boolean;
  /** Sends now what this turn has to send on this socket. Call it before a direct call that must not overtake. */
  flush(socket: Socket): void;
  /** `onPollIn` is called once; at the next turn when the socket is readable already. */
  pollIn(socket: Socket): void;
  /** `onPollOut` is called once; at the next turn when there is room already. */
  pollOut(socket: Socket): void;
  /** `onPollHangup` is called once, however often this was called by then. */
  pollHangup(socket: Socket): void;
  /** Cancels the socket's operations, waits for their last completion and closes. Its handler is not called any more. */
  close(socket: Socket, ending: Ending): void;
  /** The same clock as `now`, read at this moment. */
  clock(): number;
  /** Milliseconds since the end of this turn's wait, with those during which the thread did not run. */
  turnTime(): number;
  /** Calls `readable` whenever `fd` becomes readable, until the engine is destroyed. The fd stays the caller's. */
  watch(fd: number, readable: () => void): void;
  /**
   * Submits the prepared operations, waits at most `timeout_ms` (0: not at all) for events, and calls the handlers. With
   * io_uring the wait lasts until there are `outcomes` events. Returns the number of events, 0 when there were none.
   */
  turn(timeout_ms: number, outcomes?: number): number;
  /** Resets every remaining socket, so that no truncated transfer looks complete, and unmaps all memory. */
  destroy(): void;
}
