// The completion engine: what the data plane asks of the kernel, and how it hears of the outcome. Two implementations,
// io_uring (uring.ts) and epoll (epoll.ts), behave alike. A relay does not send through it: a socket's buffer nearly
// always has room, so a direct call (sockets.ts) knows at once what was taken; `pollOut` waits for room when it has none.
import type { Memory } from './memory.js';

/** Which receive buffers: of a handshake's size, of a small message's, or of a bulk transfer's. */
export const BufferGroup = { handshake: 0, small: 1, large: 2 } as const;
export type BufferGroup = (typeof BufferGroup)[keyof typeof BufferGroup];

export interface GroupSize {
  /** Bytes a buffer. */
  readonly size: number;
  /** Buffers of the group in an io_uring engine (a power of two); epoll needs one. */
  readonly count: number;
}

/** By group. A handshake's messages are at most 262 bytes (RFC 1928). */
export const GROUP_SIZES: readonly GroupSize[] = [
  { size: 1024, count: 256 },
  { size: 4096, count: 256 },
  { size: 65536, count: 32 },
];

/** How a socket ends: with what was sent before delivered (FIN), or with a reset (RST, unsent bytes are dropped). */
export type Ending = 'graceful' | 'reset';

/**
 * Whoever is told what became of a socket's operations. All results are negated errnos where they failed.
 * The methods not overridden are for operations that this listener never asks for.
 */
export abstract class Listener {
  /** A connection was accepted (its fd), or accepting ended (a negated errno; -ECANCELED after `cancelAccept`). */
  onAccept(_socket: Socket, _result: number): void {
    throw new Error('onAccept: not asked for');
  }
  /** 0, or why it did not connect. */
  onConnect(_socket: Socket, _result: number): void {
    throw new Error('onConnect: not asked for');
  }
  /** `result` bytes (0: end of stream) at `offset` of `memory`, which are the engine's again when this returns. */
  onReceive(_socket: Socket, _result: number, _memory: Memory, _offset: number): void {
    throw new Error('onReceive: not asked for');
  }
  /** Bytes that were sent, or why not (-EAGAIN: no room). */
  onSend(_socket: Socket, _result: number): void {
    throw new Error('onSend: not asked for');
  }
  /** There are bytes to read, an end, or an error. */
  onPollIn(_socket: Socket, _result: number): void {
    throw new Error('onPollIn: not asked for');
  }
  /** There is room to write, or an error. */
  onPollOut(_socket: Socket, _result: number): void {
    throw new Error('onPollOut: not asked for');
  }
  /** The peer reset the connection, or both directions have ended. */
  onPollHangup(_socket: Socket, _result: number): void {
    throw new Error('onPollHangup: not asked for');
  }
}

/** A file descriptor that the engine works on. One engine, one owner; the fields below `listener` are the engine's. */
export class Socket {
  fd = -1;
  listener: Listener;
  /** Place in the engine's table; with the generation it tells a completion of an earlier socket there apart. */
  slot = -1;
  generation = 0;
  /** Operations that the kernel still holds. */
  inFlight = 0;
  closing = false;
  /** The engine's guess whether a read would find something now. */
  readable = true;
  /** Operations waiting for readiness (bits of the engine's own), and the group of the receive in flight. */
  waiting = 0;
  group: BufferGroup = BufferGroup.handshake;
  registered = false;
  hungUp = false;

  constructor(fd: number, listener: Listener) {
    this.fd = fd;
    this.listener = listener;
  }
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

/** Told of every fd and every map that belongs to the thread, so that main can end them should the thread die. */
export interface Ownership {
  opened(fd: number): void;
  /** Called before the close: from then on the number may be somebody else's. */
  closing(fd: number): void;
  /** `pinsRing`: it keeps an io_uring alive and must go before the ring's fd is closed. */
  mapped(memory: Memory, pinsRing: boolean): void;
  unmapping(memory: Memory): void;
}

/**
 * For threads that never outlive trouble (tests, load generators): nothing is written down. Without a record that must
 * keep in step, io_uring closes in the next turn, together with what else was asked for, which is cheaper.
 */
export const UNRECORDED: Ownership = { opened() {}, closing() {}, mapped() {}, unmapping() {} };

/**
 * At most one operation of each kind is in flight per socket. Nothing completes inside the call that asks for it.
 */
export interface Engine {
  readonly kind: 'uring' | 'epoll';
  readonly counts: EngineCounts;
  /** Sockets in the table. */
  readonly size: number;
  /** Milliseconds of the monotonic clock (performance.now) when this turn's waiting ended. */
  readonly now: number;
  /** Takes over an open, non-blocking fd. */
  adopt(fd: number, listener: Listener): Socket;
  /** Accepts one connection, or (`many`) one after the other until it fails or is cancelled. */
  accept(socket: Socket, many: boolean): void;
  /** Ends accepting; what the kernel had accepted by then is still told, then one -ECANCELED. */
  cancelAccept(socket: Socket): void;
  /** `address` as packed by `packAddress`; it is copied. */
  connect(socket: Socket, address: Uint8Array): void;
  receive(socket: Socket, group: BufferGroup): void;
  /**
   * Sends with the turn's other operations, for messages that certainly have room: it does not wait for any. The bytes
   * at `address` must stay as they are until the outcome is told.
   */
  send(socket: Socket, address: number, size: number): void;
  /** Told once. Right also when readiness was there before the call. */
  pollIn(socket: Socket): void;
  pollOut(socket: Socket): void;
  /** Told once, however often it was asked by then. */
  pollHangup(socket: Socket): void;
  /** Cancels the socket's operations, waits for their last completion and closes. Its listener hears nothing more. */
  close(socket: Socket, ending: Ending): void;
  /** Calls `readable` whenever `fd` becomes readable, until the engine is destroyed. The fd stays the caller's. */
  watch(fd: number, readable: () => void): void;
  /**
   * Submits, waits for at most `timeout_ms` (0: not at all) for something to happen, and tells the listeners. Whoever
   * is in no hurry waits for so many `outcomes` (io_uring only).
   */
  turn(timeout_ms: number, outcomes?: number): void;
  /** Resets every socket that is left, since cut short is not complete, and gives all memory back. */
  destroy(): void;
}
