// A socket that an engine works on, and the base class of its handlers. There are two sockets for each connection, and
// most of them are idle, so the engine's state of a socket is packed into the bits of one number. No syscall is made here.
import type { Memory } from '../memory.js';
import type { Batch } from '../udp/datagrams.js';
import { BufferGroup } from './buffers.js';

/** Called with the name of an event that the handler had not asked for. */
let unasked = (event: string): void => {
  throw new Error(`${event}: not asked for`);
};

/**
 * An event that no handler asked for is a bug of ours: it throws, so that tests see it. A thread that serves clients calls
 * this at its start: from then on `count` is called instead and the event is dropped, since a throw would end every
 * connection of the thread.
 */
export function countUnasked(count: (event: string) => void): void {
  unasked = count;
}

/**
 * Receives the outcomes of a socket's operations. A failed operation has a negated errno as its result.
 * A handler need not override the methods of operations that it never asks for.
 */
export abstract class Handler {
  /** `result`: the fd of an accepted connection, or the negated errno with which accepting failed; see `stopAccept`. */
  onAccept(_socket: Socket, _result: number): void {
    unasked('onAccept');
  }
  /** `result`: 0 when connected, else a negated errno. */
  onConnect(_socket: Socket, _result: number): void {
    unasked('onConnect');
  }
  /**
   * `result`: the number of bytes received, at `offset` of `memory`; 0 at the end of the stream; else a negated errno.
   * The bytes are valid only until this method returns.
   */
  onReceive(_socket: Socket, _result: number, _memory: Memory, _offset: number): void {
    unasked('onReceive');
  }
  /** After `stopStream`: no more bytes will come. Not called when the stream has ended or failed by itself meanwhile. */
  onStreamStopped(_socket: Socket): void {
    unasked('onStreamStopped');
  }
  /** A turn's send was not taken whole. `rest`: a copy of the bytes left over. `error`: -EAGAIN (no room) or another. */
  onUnsent(_socket: Socket, _rest: Uint8Array, _error: number): void {
    unasked('onUnsent');
  }
  /** There are bytes to read, an end of stream, or an error. `result`: poll(2) events, or a negated errno. */
  onPollIn(_socket: Socket, _result: number): void {
    unasked('onPollIn');
  }
  /** There is room to write, or an error. `result`: poll(2) events, or a negated errno. */
  onPollOut(_socket: Socket, _result: number): void {
    unasked('onPollOut');
  }
  /** Datagrams have come, all of one sender. `batch` is lent until this method returns. */
  onDatagrams(_socket: Socket, _batch: Batch): void {
    unasked('onDatagrams');
  }
  /**
   * `count` datagrams were not sent. `error`: a negated errno (-EAGAIN and -ENOBUFS: no room; -EMSGSIZE: too long). An error that ICMP
   * told of an earlier datagram costs no datagram: the engine has sent again.
   */
  onDatagramsUnsent(_socket: Socket, _count: number, _error: number): void {
    unasked('onDatagramsUnsent');
  }
  /** The socket's error queue may hold something: take all of it (`readUdpErrors`). */
  onDatagramErrors(_socket: Socket): void {
    unasked('onDatagramErrors');
  }
  /** So many datagrams have come that were longer than a buffer, and are lost. */
  onDatagramsCut(_socket: Socket, _count: number): void {
    unasked('onDatagramsCut');
  }
  /** The connection is broken (`tellsBroken`), or both directions have ended. `result`: poll(2) events, or a negated errno. */
  onPollHangup(_socket: Socket, _result: number): void {
    unasked('onPollHangup');
  }
}

/** Whether a socket is received from as a stream. */
export const Streaming = { no: 0, yes: 1, stopping: 2 } as const;
export type Streaming = (typeof Streaming)[keyof typeof Streaming];

/** Operations on a socket whose outcome has not been reported to the handler yet, as bits. */
export const Pending = { receive: 1, pollIn: 2, pollOut: 4, pollHangup: 8, stream: 16 } as const;

/** The layout of `Socket.#bits`; the number of operations in flight stands above all other bits. */
const WAITING = 0xfff;
const PENDING = 12;
const FOUR_BITS = 15;
const GROUP = 16;
const STREAMING = 18;
const TWO_BITS = 3;
const CLOSING = 1 << 20;
const READABLE = 1 << 21;
const REGISTERED = 1 << 22;
const HUNG_UP = 1 << 23;
const IN_FLIGHT = 24;
const ALL_BUT_IN_FLIGHT = (1 << IN_FLIGHT) - 1;

const withBit = (bits: number, bit: number, value: boolean): number => (value ? bits | bit : bits & ~bit);

/** Belongs to one engine. Everything but `fd` is for the engine only. */
export class Socket {
  readonly fd: number;
  /** Place in the engine's table. Completions carry slot and generation, so those of an earlier socket are recognised. */
  readonly slot: number;
  readonly generation: number;
  #handler: Handler;
  #bits = READABLE | (BufferGroup.handshake << GROUP);

  constructor(fd: number, handler: Handler, slot: number, generation: number) {
    this.fd = fd;
    this.#handler = handler;
    this.slot = slot;
    this.generation = generation;
  }

  get handler(): Handler {
    return this.#handler;
  }

  /** As `Engine.handOver`. */
  handOver(handler: Handler): number {
    this.#handler = handler;
    return this.pending | (this.streaming === Streaming.no ? 0 : Pending.stream);
  }

  /** Bits of `Pending`, without `Pending.stream`. */
  get pending(): number {
    return (this.#bits >> PENDING) & FOUR_BITS;
  }
  set pending(pending: number) {
    this.#bits = (this.#bits & ~(FOUR_BITS << PENDING)) | (pending << PENDING);
  }

  /** Operations that the kernel still holds, usually a few; at most 127. */
  get inFlight(): number {
    return this.#bits >> IN_FLIGHT;
  }
  set inFlight(count: number) {
    this.#bits = (this.#bits & ALL_BUT_IN_FLIGHT) | (count << IN_FLIGHT);
  }

  get closing(): boolean {
    return (this.#bits & CLOSING) !== 0;
  }
  set closing(value: boolean) {
    this.#bits = withBit(this.#bits, CLOSING, value);
  }

  /** The engine's guess whether a read would find something now. */
  get readable(): boolean {
    return (this.#bits & READABLE) !== 0;
  }
  set readable(value: boolean) {
    this.#bits = withBit(this.#bits, READABLE, value);
  }

  /** Whether the socket is registered with an epoll. */
  get registered(): boolean {
    return (this.#bits & REGISTERED) !== 0;
  }
  set registered(value: boolean) {
    this.#bits = withBit(this.#bits, REGISTERED, value);
  }
  /** Whether epoll has reported that the peer sends nothing more. */
  get hungUp(): boolean {
    return (this.#bits & HUNG_UP) !== 0;
  }
  set hungUp(value: boolean) {
    this.#bits = withBit(this.#bits, HUNG_UP, value);
  }

  /** Of a UDP socket, which has no hang-up: its way out takes no joined datagrams. */
  get sendsSingly(): boolean {
    return (this.#bits & HUNG_UP) !== 0;
  }
  set sendsSingly(value: boolean) {
    this.#bits = withBit(this.#bits, HUNG_UP, value);
  }

  /** Operations that wait for something: 12 bits, whose meaning each engine defines. */
  get waiting(): number {
    return this.#bits & WAITING;
  }
  set waiting(bits: number) {
    this.#bits = (this.#bits & ~WAITING) | (bits & WAITING);
  }

  /** The buffer group of the receive in flight. */
  get group(): BufferGroup {
    return ((this.#bits >> GROUP) & TWO_BITS) as BufferGroup;
  }
  set group(group: BufferGroup) {
    this.#bits = (this.#bits & ~(TWO_BITS << GROUP)) | (group << GROUP);
  }

  get streaming(): Streaming {
    return ((this.#bits >> STREAMING) & TWO_BITS) as Streaming;
  }
  set streaming(streaming: Streaming) {
    this.#bits = (this.#bits & ~(TWO_BITS << STREAMING)) | (streaming << STREAMING);
  }
}
