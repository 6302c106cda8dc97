// A file descriptor that an engine works on. There are two for each connection, and most of them are idle: what an engine
// must know of one is a handful of bits in one number.
import type { Memory } from '../memory.js';
import { BufferGroup } from './buffers.js';

/** What is done about an event that no handler asked for. */
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
 * Is told what became of a socket's operations. All results are negated errnos where they failed.
 * The methods not overridden are for operations that this handler never asks for.
 */
export abstract class Handler {
  /** A connection was accepted (its fd), or accepting ended (a negated errno; -ECANCELED: ask again). */
  onAccept(_socket: Socket, _result: number): void {
    unasked('onAccept');
  }
  /** 0, or why it did not connect. */
  onConnect(_socket: Socket, _result: number): void {
    unasked('onConnect');
  }
  /** `result` bytes (0: end of stream) at `offset` of `memory`, which are the engine's again when this returns. */
  onReceive(_socket: Socket, _result: number, _memory: Memory, _offset: number): void {
    unasked('onReceive');
  }
  /** After `stopStream`: no more will come. Not told where the stream has ended or broken by itself meanwhile. */
  onStreamStopped(_socket: Socket): void {
    unasked('onStreamStopped');
  }
  /** `rest`, a copy, is what was left of what was sent in a turn, and why: -EAGAIN for no room, else what broke. */
  onUnsent(_socket: Socket, _rest: Uint8Array, _error: number): void {
    unasked('onUnsent');
  }
  /** There are bytes to read, an end, or an error. */
  onPollIn(_socket: Socket, _result: number): void {
    unasked('onPollIn');
  }
  /** There is room to write, or an error. */
  onPollOut(_socket: Socket, _result: number): void {
    unasked('onPollOut');
  }
  /** The connection is broken (`isBroken`), or both directions have ended. `result`: poll(2) events, or a negated errno. */
  onPollHangup(_socket: Socket, _result: number): void {
    unasked('onPollHangup');
  }
}

/** What has become of `stream`. */
export const Streaming = { no: 0, yes: 1, stopping: 2 } as const;
export type Streaming = (typeof Streaming)[keyof typeof Streaming];

/** Operations on a socket whose outcome its handler has not been told yet, as bits. */
export const Pending = { receive: 1, pollIn: 2, pollOut: 4, pollHangup: 8, stream: 16 } as const;

/** Where each of the bits stands; what is in flight is counted above all of them. */
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

/** One engine, one owner; all but the fd is the engine's. */
export class Socket {
  readonly fd: number;
  /** Place in the engine's table; with the generation it tells a completion of an earlier socket there apart. */
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

  /** `Pending`, but for streams. */
  get pending(): number {
    return (this.#bits >> PENDING) & FOUR_BITS;
  }
  set pending(pending: number) {
    this.#bits = (this.#bits & ~(FOUR_BITS << PENDING)) | (pending << PENDING);
  }

  /** Operations that the kernel still holds: a few, and at most 127. */
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

  /** Whether an epoll knows it, and has told that no more will come. */
  get registered(): boolean {
    return (this.#bits & REGISTERED) !== 0;
  }
  set registered(value: boolean) {
    this.#bits = withBit(this.#bits, REGISTERED, value);
  }
  get hungUp(): boolean {
    return (this.#bits & HUNG_UP) !== 0;
  }
  set hungUp(value: boolean) {
    this.#bits = withBit(this.#bits, HUNG_UP, value);
  }

  /** Operations waiting for readiness: 12 bits of the engine's own. */
  get waiting(): number {
    return this.#bits & WAITING;
  }
  set waiting(bits: number) {
    this.#bits = (this.#bits & ~WAITING) | (bits & WAITING);
  }

  /** Of the receive in flight. */
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
