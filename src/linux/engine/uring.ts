// The engine over io_uring (kernel 6.1 and newer): all operations of a turn go to the kernel in one call. A receive takes
// its buffer from a provided ring when data arrives, so an idle connection holds no buffer. The ring itself is ring.ts.
import { EAGAIN, ECANCELED, ECONNRESET, ENOBUFS } from '../errno.js';
import { errorName } from '../error-name.js';
import * as libc from '../libc.js';
import { type Memory, mapMemory } from '../memory.js';
import { closeOwned, type Ownership, UNRECORDED } from '../ownership.js';
import { breakOff, SOCK_NONBLOCK_CLOEXEC, setLingerZero } from '../sockets.js';
import { ThreadClock } from '../thread-clock.js';
import type { Outgoing } from '../udp/datagrams.js';
import { BufferGroup, DATAGRAM_GROUP, GROUP_SIZES, type GroupSize } from './buffers.js';
import { type Ending, type Engine, type EngineCounts, SEND_MAX } from './engine.js';
import { left, Outbox, type Parcel } from './outbox.js';
import { Ring } from './ring.js';
import { type Handler, Pending, type Socket, Streaming } from './socket.js';
import { SocketTable } from './socket-table.js';
import { UringDatagrams } from './uring-datagrams.js';

// Opcodes of io_uring (uapi/linux/io_uring.h).
const POLL_ADD = 6;
const ACCEPT = 13;
const ASYNC_CANCEL = 14;
const CONNECT = 16;
const CLOSE = 19;
const SEND = 26;
const RECV = 27;
const BUFFER_SELECT = 1 << 5;
const SKIP_SUCCESS = 1 << 6;
const RECV_POLL_FIRST = 1;
const RECV_MULTISHOT = 2;
const POLL_MULTISHOT = 1;
/** MSG_WAITALL makes a partial send a failure, and only failed sends have a completion (SKIP_SUCCESS). */
const MSG_WAITALL_DONTWAIT = 0x100 | 0x40;
const CQE_HAS_BUFFER = 1;
const CQE_MORE = 2;
const CQE_SOCK_NONEMPTY = 4;
const POLLIN = 1;
const POLLOUT = 4;
const POLLERR_HUP = 8 | 16;
const POLLRDHUP = 0x2000;

/**
 * The kind of a completion: the low four bits of the upper half of its user data, with the generation above them. A socket has
 * at most one of each kind in flight; those below 12 are bits of `Socket.waiting` then, which closing the socket cancels.
 */
const Operation = {
  accept: 1,
  connect: 2,
  receive: 3,
  stream: 4,
  pollIn: 5,
  pollOut: 6,
  pollHangup: 7,
  pollOutLasting: 8,
  pollHangupLasting: 9,
  receiveDatagrams: 10,
  cancel: 12,
  watch: 13,
  send: 14,
  sendDatagrams: 15,
} as const;
type Operation = (typeof Operation)[keyof typeof Operation];

const isOfSend = (high: number): boolean => (high & 15) >= Operation.send;

/** In the user data of a send, the upper eight bits of the lower half are the turn in which it was asked for. */
const TURN_SHIFT = 24;
const SLOT_MASK = (1 << TURN_SHIFT) - 1;
const TURN_MASK = 0xff;

/** Rounds that `destroy` gives the operations to end; one is enough unless the completion ring overflows. */
const DESTROY_ROUNDS = 1000;

export interface UringSizes {
  readonly submissions: number;
  readonly completions: number;
  readonly groups: readonly GroupSize[];
  readonly datagrams: GroupSize;
}

const DEFAULT_SIZES: UringSizes = {
  submissions: 1024,
  completions: 8192,
  groups: GROUP_SIZES,
  datagrams: DATAGRAM_GROUP,
};

const EMPTY = mapMemory(4096);
const NOTHING = new Uint8Array();

export class UringEngine implements Engine {
  readonly kind = 'uring';
  readonly counts: EngineCounts = { overflows: 0, bufferWaits: 0, stale: 0, turns: 0 };
  now: number;
  isBehind = false;
  readonly #clock = new ThreadClock();
  readonly #ring: Ring;
  readonly #ownership: Ownership;
  readonly #table = new SocketTable();
  readonly #watches: { fd: number; readable: () => void }[] = [];
  /** Sockets whose receive found no buffer. */
  #starved: Socket[] = [];
  /** The first `#closingCount` are fds that the next submission closes. An emptied array would allocate again in each turn. */
  readonly #closing: number[] = [];
  #closingCount = 0;
  /** The sends of this turn, and those of the last one, whose failures arrive in this turn. */
  #outbox: Outbox;
  #posted: Outbox;
  /** The buffers of the receive that `onReceive` is called with now, and whether the handler sends its bytes on. */
  #told: Memory | undefined;
  #isLent = false;
  /** Made when the first socket needs it. */
  #datagrams: UringDatagrams | undefined;
  readonly #datagramGroup: GroupSize;
  #hasDatagramBuffers = false;

  /** An engine, or the negated errno of the kernel's refusal. */
  static open(ownership: Ownership = UNRECORDED, sizes: UringSizes = DEFAULT_SIZES): UringEngine | number {
    const ring = Ring.open(sizes.submissions, sizes.completions, ownership);
    if (typeof ring === 'number') return ring;
    for (let group = 0; group < sizes.groups.length; group += 1) {
      const result = ring.provide(group, sizes.groups[group]);
      if (result < 0) {
        ring.close();
        return result;
      }
    }
    return new UringEngine(ring, ownership, sizes.datagrams);
  }

  private constructor(ring: Ring, ownership: Ownership, datagrams: GroupSize) {
    this.#datagramGroup = datagrams;
    this.now = this.#clock.read();
    this.#ring = ring;
    this.#ownership = ownership;
    this.#outbox = new Outbox(ownership);
    this.#posted = new Outbox(ownership);
    ring.submitted = this.#submitted;
  }

  get size(): number {
    return this.#table.size + this.#closingCount;
  }

  adopt(fd: number, handler: Handler): Socket {
    this.#ownership.opened(fd);
    return this.#table.add(fd, handler);
  }

  #submit(socket: Socket, head: number, operation: Operation): number {
    socket.inFlight += 1;
    socket.waiting |= 1 << operation;
    return this.#ring.prepare(head, socket.fd, socket.slot, (socket.generation << 4) | operation);
  }

  handOver(socket: Socket, handler: Handler): number {
    return socket.handOver(handler);
  }

  accept(socket: Socket): void {
    this.#ring.words[this.#submit(socket, ACCEPT, Operation.accept) + 7] = SOCK_NONBLOCK_CLOEXEC;
  }

  stopAccept(socket: Socket): void {
    if ((socket.waiting & (1 << Operation.accept)) !== 0) this.#cancel(socket, Operation.accept);
  }

  /** The kernel copies the address when it takes the submission (IORING_FEAT_SUBMIT_STABLE). */
  connect(socket: Socket, address: Uint8Array): void {
    const offset = this.#outbox.place(address);
    const word = this.#submit(socket, CONNECT, Operation.connect);
    this.#setAddress(word, this.#outbox.slab.address + offset);
    this.#ring.words[word + 2] = address.length;
  }

  #setAddress(word: number, address: number): void {
    this.#ring.words[word + 4] = address >>> 0;
    this.#ring.words[word + 5] = Math.floor(address / 2 ** 32);
  }

  receive(socket: Socket, group: BufferGroup): void {
    socket.pending |= Pending.receive;
    socket.group = group;
    const pollFirst = socket.readable ? 0 : RECV_POLL_FIRST;
    const word = this.#submit(socket, RECV | (BUFFER_SELECT << 8) | (pollFirst << 16), Operation.receive);
    this.#ring.words[word + 10] = group;
  }

  /**
   * Never uses RECV_POLL_FIRST, even when the socket is probably not readable: a multishot receive that waits first and
   * wakes to bytes with a reset behind them takes the bytes and never reports the reset.
   */
  stream(socket: Socket): void {
    socket.streaming = Streaming.yes;
    socket.group = BufferGroup.small;
    const word = this.#submit(socket, RECV | (BUFFER_SELECT << 8) | (RECV_MULTISHOT << 16), Operation.stream);
    this.#ring.words[word + 10] = BufferGroup.small;
  }

  stopStream(socket: Socket): void {
    if (socket.streaming !== Streaming.yes) return;
    socket.streaming = Streaming.stopping;
    this.#cancel(socket, Operation.stream);
  }

  send(socket: Socket, memory: Memory, offset: number, size: number): boolean {
    const begun = this.#outbox.find(socket);
    if (begun !== undefined) {
      // The send has been submitted by `flush` and may have failed: nothing may overtake its bytes.
      if (!this.#isUnsubmitted(begun) || !this.#outbox.join(begun, memory, offset, size)) return false;
      this.#post(begun);
      return true;
    }
    if (memory === this.#told) this.#isLent = true;
    const low = socket.slot | ((this.counts.turns & TURN_MASK) << TURN_SHIFT);
    const high = (socket.generation << 4) | Operation.send;
    const word = this.#ring.prepare(SEND | (SKIP_SUCCESS << 8), socket.fd, low, high);
    const parcel = this.#outbox.add(socket, word, this.#ring.submissions);
    parcel.memory = memory;
    parcel.offset = offset;
    parcel.size = size;
    parcel.room = 0;
    this.#ring.words[word + 7] = MSG_WAITALL_DONTWAIT;
    this.#post(parcel);
    return true;
  }

  #post({ word, memory, offset, size }: Parcel): void {
    this.#setAddress(word, memory.address + offset);
    this.#ring.words[word + 6] = size;
  }

  sendCopy(socket: Socket, bytes: Uint8Array): boolean {
    if (bytes.length > SEND_MAX) return false;
    const offset = this.#outbox.place(bytes);
    return this.send(socket, this.#outbox.slab, offset, bytes.length);
  }

  isSending(socket: Socket): boolean {
    return this.#outbox.find(socket) !== undefined;
  }

  flush(socket: Socket): void {
    const begun = this.#outbox.find(socket);
    if (begun !== undefined && this.#isUnsubmitted(begun)) this.#ring.submit();
  }

  /** Whether the parcel is not submitted yet. */
  #isUnsubmitted(parcel: Parcel): boolean {
    return parcel.submission === this.#ring.submissions;
  }

  /**
   * A send was not taken as a whole. Its completion may come more than a turn late, when the completion ring has overflowed:
   * the unsent bytes are then gone or have been overtaken, and the send is reported as a broken connection.
   */
  #unsent(socket: Socket, result: number, turn: number): void {
    const isOfLastTurn = turn === ((this.counts.turns - 1) & TURN_MASK);
    const parcel = isOfLastTurn ? this.#posted.find(socket) : undefined;
    if (parcel === undefined || this.isSending(socket)) socket.handler.onUnsent(socket, NOTHING, -ECONNRESET);
    else socket.handler.onUnsent(socket, left(parcel, Math.max(result, 0)), result < 0 ? result : -EAGAIN);
  }

  receiveDatagrams(socket: Socket): void {
    const datagrams = this.#ofDatagrams();
    if (!this.#hasDatagramBuffers) {
      const result = datagrams.provide(this.#datagramGroup);
      if (result < 0) throw new Error(`no buffers for datagrams: ${errorName(result)}`);
      this.#hasDatagramBuffers = true;
    }
    socket.group = BufferGroup.datagrams;
    this.#receiveDatagrams(socket, datagrams);
  }

  #ofDatagrams(): UringDatagrams {
    this.#datagrams ??= new UringDatagrams(this.#ring, this.#ownership);
    return this.#datagrams;
  }

  #receiveDatagrams(socket: Socket, datagrams: UringDatagrams): void {
    socket.inFlight += 1;
    socket.waiting |= 1 << Operation.receiveDatagrams;
    datagrams.receive(socket, (socket.generation << 4) | Operation.receiveDatagrams);
  }

  sendDatagrams(socket: Socket, out: Outgoing): void {
    this.#ofDatagrams().send(socket, out, (socket.generation << 4) | Operation.sendDatagrams);
  }

  sendDatagramCopy(
    socket: Socket,
    to: Uint8Array | undefined,
    head: Uint8Array | undefined,
    bytes: Uint8Array,
    ecn: number,
  ): void {
    const high = (socket.generation << 4) | Operation.sendDatagrams;
    this.#ofDatagrams().sendCopy(socket, to, head, bytes, ecn, high);
  }

  pollIn(socket: Socket): void {
    socket.pending |= Pending.pollIn;
    this.#poll(socket, POLLIN | POLLRDHUP, Operation.pollIn);
  }

  pollOut(socket: Socket): void {
    socket.pending |= Pending.pollOut;
    this.#poll(socket, POLLOUT, Operation.pollOut);
  }

  pollHangup(socket: Socket): void {
    if ((socket.pending & Pending.pollHangup) !== 0) return;
    socket.pending |= Pending.pollHangup;
    // poll(2) reports errors and hang-ups without being asked for them.
    this.#poll(socket, 0, Operation.pollHangup);
  }

  #poll(socket: Socket, events: number, operation: Operation): void {
    this.#ring.words[this.#submit(socket, POLL_ADD, operation) + 7] = events;
  }

  /**
   * The kernel adds POLLRDHUP to the events of every poll, so a half-close ends every one-shot poll at once. A poll for
   * other events goes on as a multishot poll, which reports the half-close only once.
   */
  #pollOn(socket: Socket, operation: Operation): void {
    const events = operation === Operation.pollOutLasting ? POLLOUT : 0;
    const word = this.#submit(socket, POLL_ADD, operation);
    this.#ring.words[word + 6] = POLL_MULTISHOT;
    this.#ring.words[word + 7] = events;
  }

  /** Whether this completion of a multishot poll has an event that was waited for. If so, the poll is ended. */
  #lastingPollHeard(socket: Socket, operation: Operation, result: number, flags: number): boolean {
    const bit = 1 << operation;
    if ((socket.waiting & bit) === 0 || result === -ECANCELED) return false;
    const ended = (flags & CQE_MORE) === 0;
    const events = operation === Operation.pollOutLasting ? POLLOUT | POLLERR_HUP : POLLERR_HUP;
    if (result >= 0 && (result & events) === 0) {
      if (ended) this.#pollOn(socket, operation);
      return false;
    }
    socket.waiting &= ~bit;
    if (!ended) this.#cancel(socket, operation);
    return true;
  }

  #cancel(socket: Socket, operation: Operation): void {
    const word = this.#submit(socket, ASYNC_CANCEL, Operation.cancel);
    this.#ring.words[word + 4] = socket.slot;
    this.#ring.words[word + 5] = (socket.generation << 4) | operation;
  }

  /** One by one, since the kernel finds an operation by its user data at once, but by its fd only by a walk through all. */
  #cancelAll(socket: Socket): void {
    for (let kinds = socket.waiting; kinds !== 0; kinds &= kinds - 1) {
      this.#cancel(socket, (31 - Math.clz32(kinds & -kinds)) as Operation);
    }
  }

  close(socket: Socket, ending: Ending): void {
    if (socket.closing) return;
    socket.closing = true;
    if (ending === 'reset') setLingerZero(socket.fd);
    if (socket.inFlight === 0) {
      this.#finish(socket);
      return;
    }
    this.#cancelAll(socket);
  }

  /** Closes with the turn, behind the sends of this turn. */
  #finish(socket: Socket): void {
    this.#table.remove(socket);
    this.#ownership.closing(socket.fd);
    // Only a failed close has a completion; it finds no socket and counts as stale.
    this.#ring.prepare(CLOSE | (SKIP_SUCCESS << 8), socket.fd, 0, 0);
    this.#closing[this.#closingCount] = socket.fd;
    this.#closingCount += 1;
  }

  readonly #submitted = (): void => {
    for (let i = 0; i < this.#closingCount; i += 1) this.#ownership.closed(this.#closing[i]);
    this.#closingCount = 0;
  };

  clock(): number {
    return this.#clock.read();
  }

  turnTime(): number {
    return this.#clock.sinceLook();
  }

  watch(fd: number, readable: () => void): void {
    this.#watches.push({ fd, readable });
    this.#armWatch(this.#watches.length - 1);
  }

  #armWatch(index: number): void {
    const word = this.#ring.prepare(POLL_ADD, this.#watches[index].fd, index, Operation.watch);
    this.#ring.words[word + 6] = POLL_MULTISHOT;
    this.#ring.words[word + 7] = POLLIN;
  }

  turn(timeout_ms: number, outcomes = 1): number {
    this.counts.turns += 1;
    const posted = this.#outbox;
    this.#outbox = this.#posted;
    this.#posted = posted;
    this.#datagrams?.turn();
    this.#ring.enter(timeout_ms > 0 ? outcomes : 0, timeout_ms);
    this.now = this.#clock.look(timeout_ms);
    this.isBehind = this.#clock.wasAway || this.#ring.overflows > this.counts.overflows;
    // Failed sends are reported first. The kernel reports a reset only once: after a send has found it, a receive finds
    // an end of stream. A handler that hears of the end must know of the reset, and of bytes that were not sent.
    const count = this.#ring.drain(this.#completed, isOfSend);
    posted.empty(this.#giveBack);
    this.#datagrams?.empty();
    this.counts.overflows = this.#ring.overflows;
    if (this.#starved.length > 0) this.#feed();
    return count;
  }

  readonly #completed = (low: number, high: number, result: number, flags: number): void => {
    const operation = (high & 15) as Operation;
    if (operation === Operation.watch) {
      if ((flags & CQE_MORE) === 0) this.#armWatch(low);
      this.#watches[low].readable();
      return;
    }
    if (operation === Operation.sendDatagrams) {
      if (this.#datagrams?.failed(low, result) !== true) this.counts.stale += 1;
      return;
    }
    const isSend = operation === Operation.send;
    const socket = this.#table.find(isSend ? low & SLOT_MASK : low, high >>> 4);
    if (socket === undefined) {
      this.counts.stale += 1;
      return;
    }
    // Sends are not counted in `inFlight`, since a send that succeeds has no completion.
    if (isSend) {
      if (!socket.closing) this.#unsent(socket, result, low >>> TURN_SHIFT);
      return;
    }
    if ((flags & CQE_MORE) === 0) {
      socket.inFlight -= 1;
      // The bit of a lasting poll is there until its event has been heard.
      if (operation < Operation.pollOutLasting) socket.waiting &= ~(1 << operation);
    }
    if (socket.closing) this.#completedWhileClosing(socket, operation, result, flags);
    else this.#tell(socket, operation, result, flags);
  };

  #tell(socket: Socket, operation: Operation, result: number, flags: number): void {
    switch (operation) {
      case Operation.receive:
        this.#received(socket, result, flags);
        break;
      case Operation.stream:
        this.#streamed(socket, result, flags);
        break;
      case Operation.receiveDatagrams:
        this.#receivedDatagrams(socket, result, flags);
        break;
      case Operation.connect:
        socket.handler.onConnect(socket, result);
        break;
      case Operation.pollIn:
        socket.pending &= ~Pending.pollIn;
        socket.handler.onPollIn(socket, result);
        break;
      case Operation.pollOut:
        if (result >= 0 && (result & (POLLOUT | POLLERR_HUP)) === 0) this.#pollOn(socket, Operation.pollOutLasting);
        else this.#tellPollOut(socket, result);
        break;
      case Operation.pollOutLasting:
        if (this.#lastingPollHeard(socket, operation, result, flags)) this.#tellPollOut(socket, result);
        break;
      case Operation.pollHangup:
        if (result >= 0 && (result & POLLERR_HUP) === 0) this.#pollOn(socket, Operation.pollHangupLasting);
        else this.#tellPollHangup(socket, result);
        break;
      case Operation.pollHangupLasting:
        if (this.#lastingPollHeard(socket, operation, result, flags)) this.#tellPollHangup(socket, result);
        break;
      case Operation.accept:
        socket.handler.onAccept(socket, result);
        break;
      case Operation.cancel:
        break;
      default:
        throw new Error(`operation ${operation} has no handler`);
    }
  }

  #tellPollOut(socket: Socket, result: number): void {
    socket.pending &= ~Pending.pollOut;
    socket.handler.onPollOut(socket, result);
  }

  #tellPollHangup(socket: Socket, result: number): void {
    socket.pending &= ~Pending.pollHangup;
    socket.handler.onPollHangup(socket, result);
  }

  #received(socket: Socket, result: number, flags: number): void {
    if (result === -ENOBUFS) {
      this.#starve(socket);
      return;
    }
    socket.pending &= ~Pending.receive;
    this.#hand(socket, result, flags);
  }

  /** One completion of a multishot receive; the last one has no CQE_MORE. */
  #streamed(socket: Socket, result: number, flags: number): void {
    const goesOn = (flags & CQE_MORE) !== 0;
    const isBare = result === -ENOBUFS || result === -ECANCELED;
    const isLast = result <= 0 && !isBare;
    // Set before the handler is called, which may begin a new stream.
    if (isLast) socket.streaming = Streaming.no;
    if (!isBare) this.#hand(socket, result, flags);
    if (!goesOn && !isLast && !socket.closing) this.#streamEnded(socket, result === -ENOBUFS);
  }

  /** The multishot receive is over, but not the stream: begins another receive, unless the stream is being stopped. */
  #streamEnded(socket: Socket, isStarved: boolean): void {
    if (socket.streaming === Streaming.stopping) {
      socket.streaming = Streaming.no;
      socket.handler.onStreamStopped(socket);
    } else if (isStarved) this.#starve(socket);
    else this.stream(socket);
  }

  /** One completion of a multishot receive. It ends with an empty datagram, an error, or when there was no buffer. */
  #receivedDatagrams(socket: Socket, result: number, flags: number): void {
    const datagrams = this.#ofDatagrams();
    if ((flags & CQE_HAS_BUFFER) !== 0) {
      const id = flags >>> 16;
      if (datagrams.received(socket, id)) this.#outbox.lend(BufferGroup.datagrams, id);
      else this.#giveBack(BufferGroup.datagrams, id);
    } else if (result < 0 && result !== -ENOBUFS && result !== -ECANCELED) socket.handler.onDatagramErrors(socket);
    if ((flags & CQE_MORE) !== 0 || socket.closing) return;
    if (result === -ENOBUFS) this.#starve(socket);
    else this.#receiveDatagrams(socket, datagrams);
  }

  #starve(socket: Socket): void {
    this.counts.bufferWaits += 1;
    this.#starved.push(socket);
  }

  /** Calls `onReceive`. A buffer from which the handler sends is given back only after the send. */
  #hand(socket: Socket, result: number, flags: number): void {
    socket.readable = result < 0 || (flags & CQE_SOCK_NONEMPTY) !== 0;
    if ((flags & CQE_HAS_BUFFER) === 0) {
      socket.handler.onReceive(socket, result, EMPTY, 0);
      return;
    }
    const { group } = socket;
    const buffers = this.#ring.buffers(group);
    const id = flags >>> 16;
    this.#told = buffers.memory;
    this.#isLent = false;
    socket.handler.onReceive(socket, result, buffers.memory, buffers.offset(id));
    this.#told = undefined;
    if (this.#isLent) this.#outbox.lend(group, id);
    else buffers.give(id);
  }

  readonly #giveBack = (group: number, buffer: number): void => this.#ring.buffers(group).give(buffer);

  #completedWhileClosing(socket: Socket, operation: Operation, result: number, flags: number): void {
    if ((flags & CQE_HAS_BUFFER) !== 0) this.#ring.buffers(socket.group).give(flags >>> 16);
    if (operation === Operation.accept && result >= 0) libc.close(result);
    if (socket.inFlight === 0) this.#finish(socket);
  }

  /** Repeats the receives that found no buffer: the turn's handlers have given their buffers back by now. */
  #feed(): void {
    const starved = this.#starved;
    this.#starved = [];
    for (const socket of starved) {
      if (socket.closing) continue;
      if (socket.group === BufferGroup.datagrams) this.#receiveDatagrams(socket, this.#ofDatagrams());
      else if (socket.streaming === Streaming.no) this.receive(socket, socket.group);
      else this.#streamEnded(socket, false);
    }
  }

  destroy(): void {
    // The closes are completed before the ring is closed: a socket ends only when the ring holds no operation of it, and
    // an accepted connection that no handler has heard of has no other owner.
    for (const watch of this.#watches) watch.readable = () => {};
    for (const socket of this.#table.all()) this.close(socket, 'reset');
    let rounds = 0;
    do {
      this.#ring.enter(0, 0);
      this.#ring.drain(this.#completed, isOfSend);
      rounds += 1;
    } while (rounds < DESTROY_ROUNDS && this.#table.size > 0);
    // The last round may have prepared closes.
    this.#ring.enter(0, 0);
    for (const socket of this.#table.all()) {
      breakOff(socket.fd);
      closeOwned(socket.fd, this.#ownership);
    }
    this.#ring.close();
    this.#outbox.destroy();
    this.#posted.destroy();
    this.#datagrams?.destroy();
  }
}
