// The engine over epoll, for systems that refuse io_uring: it tries the syscall and, where that would block, waits for
// readiness. Each fd is registered once, edge-triggered, for all events.
import { ADDRESS_SIZE } from '../addresses.js';
import { EAGAIN, ECANCELED, ECONNABORTED, EINPROGRESS, EINTR } from '../errno.js';
import * as libc from '../libc.js';
import { type Memory, mapMemory, unmap } from '../memory.js';
import { closeOwned, type Ownership, UNRECORDED } from '../ownership.js';
import { acceptFrom, connectTo, pendingError, pollNow, sendBytes, sendFrom, setLingerZero } from '../sockets.js';
import { ThreadClock } from '../thread-clock.js';
import type { Outgoing } from '../udp/datagrams.js';
import { BufferGroup, DATAGRAM_GROUP, GROUP_SIZES, type GroupSize } from './buffers.js';
import { type Ending, type Engine, type EngineCounts, SEND_MAX } from './engine.js';
import { EpollDatagrams } from './epoll-datagrams.js';
import { type Handler, Pending, type Socket, Streaming } from './socket.js';
import { SocketTable } from './socket-table.js';

const EPOLL_CLOEXEC = 0x80000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 1;
const EPOLLOUT = 4;
const EPOLLERR = 8;
const EPOLLHUP = 16;
const EPOLLRDHUP = 0x2000;
const EPOLLET = 0x8000_0000;
const EPOLLONESHOT = 0x4000_0000;
const EVERYTHING = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
const MSG_DONTWAIT = 0x40;
/** struct epoll_event is packed to 12 bytes on x86-64 only. */
const EVENT_WORDS = process.arch === 'x64' ? 3 : 4;
const DATA_WORD = EVENT_WORDS - 2;
const EVENTS_MAX = 512;
/** In place of the generation: the event is of a watched fd. Generations are smaller. */
const WATCH = 0xffff_ffff;

/** Bits of `Socket.waiting`. */
const Wait = {
  accept: 1,
  connect: 2,
  receive: 4,
  pollIn: 8,
  pollOut: 16,
  pollHangup: 32,
  send: 64,
  stopped: 128,
  datagrams: 256,
  moreDatagrams: 512,
} as const;
type Wait = (typeof Wait)[keyof typeof Wait];

/** In place of an outcome: it is not known yet, the kernel must be asked. */
const ASK = 1;

/** A call to make, or an outcome to report, in the next turn; each has the one behind it. */
interface Postponed {
  readonly socket: Socket;
  readonly operation: Wait;
  /** `ASK`, or the outcome of a connect, or of a send that left `rest` over. */
  readonly result: number;
  readonly rest: Uint8Array | undefined;
  next: Postponed | undefined;
}

export class EpollEngine implements Engine {
  readonly kind = 'epoll';
  readonly counts: EngineCounts = { overflows: 0, bufferWaits: 0, stale: 0, turns: 0 };
  now: number;
  isBehind = false;
  readonly #clock = new ThreadClock();
  readonly #fd: number;
  readonly #ownership: Ownership;
  readonly #table = new SocketTable();
  readonly #watches: (() => void)[] = [];
  readonly #events: Memory = mapMemory(EVENTS_MAX * 16 + 64);
  readonly #buffers: readonly Memory[] = GROUP_SIZES.map(({ size }) => mapMemory(size));
  /** A list: an array would take memory for 17 elements in each turn. */
  #postponed: Postponed | undefined;
  #lastPostponed: Postponed | undefined;
  /** Made when the first socket needs it. */
  #datagrams: EpollDatagrams | undefined;
  readonly #datagramGroup: GroupSize;

  static open(ownership: Ownership = UNRECORDED, datagrams: GroupSize = DATAGRAM_GROUP): EpollEngine | number {
    const fd = libc.epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? fd : new EpollEngine(fd, ownership, datagrams);
  }

  private constructor(fd: number, ownership: Ownership, datagrams: GroupSize) {
    this.#datagramGroup = datagrams;
    this.now = this.#clock.read();
    this.#fd = fd;
    this.#ownership = ownership;
    ownership.opened(fd);
    for (const memory of [this.#events, ...this.#buffers]) ownership.mapped(memory, false);
  }

  get size(): number {
    return this.#table.size;
  }

  adopt(fd: number, handler: Handler): Socket {
    this.#ownership.opened(fd);
    return this.#table.add(fd, handler);
  }

  handOver(socket: Socket, handler: Handler): number {
    return socket.handOver(handler);
  }

  accept(socket: Socket): void {
    socket.waiting |= Wait.accept;
    this.#tryLater(socket, Wait.accept);
  }

  stopAccept(socket: Socket): void {
    if ((socket.waiting & Wait.accept) === 0) return;
    socket.waiting &= ~Wait.accept;
    this.#tryLater(socket, Wait.accept, -ECANCELED);
  }

  connect(socket: Socket, address: Uint8Array): void {
    const packed = address.length > ADDRESS_SIZE ? address.subarray(0, ADDRESS_SIZE) : address;
    const result = connectTo(socket.fd, packed);
    socket.readable = false;
    if (result === -EINPROGRESS) this.#await(socket, Wait.connect);
    else this.#tryLater(socket, Wait.connect, result);
  }

  receive(socket: Socket, group: BufferGroup): void {
    socket.pending |= Pending.receive;
    this.#receiveNext(socket, group);
  }

  #receiveNext(socket: Socket, group: BufferGroup): void {
    socket.group = group;
    if (socket.readable) this.#tryLater(socket, Wait.receive);
    else this.#await(socket, Wait.receive);
  }

  stream(socket: Socket): void {
    socket.streaming = Streaming.yes;
    this.#receiveNext(socket, BufferGroup.small);
  }

  stopStream(socket: Socket): void {
    if (socket.streaming !== Streaming.yes) return;
    socket.streaming = Streaming.stopping;
    socket.waiting &= ~Wait.receive;
    this.#tryLater(socket, Wait.stopped);
  }

  send(socket: Socket, memory: Memory, offset: number, size: number): boolean {
    // Nothing may overtake the bytes that an earlier send of this turn left over.
    if (this.isSending(socket)) return false;
    const sent = sendFrom(socket.fd, memory.address + offset, size);
    if (sent !== size) this.#left(socket, sent, memory.bytes.slice(offset + Math.max(sent, 0), offset + size));
    return true;
  }

  sendCopy(socket: Socket, bytes: Uint8Array): boolean {
    if (this.isSending(socket) || bytes.length > SEND_MAX) return false;
    const sent = sendBytes(socket.fd, bytes);
    if (sent !== bytes.length) this.#left(socket, sent, bytes.slice(Math.max(sent, 0)));
    return true;
  }

  #left(socket: Socket, sent: number, rest: Uint8Array): void {
    socket.waiting |= Wait.send;
    this.#tryLater(socket, Wait.send, sent < 0 ? sent : -EAGAIN, rest);
  }

  isSending(socket: Socket): boolean {
    return (socket.waiting & Wait.send) !== 0;
  }

  flush(_socket: Socket): void {
    // Every send is a direct call in this engine.
  }

  receiveDatagrams(socket: Socket): void {
    this.#ofDatagrams();
    socket.waiting |= Wait.datagrams;
    socket.registered = true;
    // Not EPOLLOUT: each datagram that leaves would wake the thread.
    this.#register(socket.fd, socket.slot, socket.generation, EPOLLIN | EPOLLET);
  }

  #ofDatagrams(): EpollDatagrams {
    this.#datagrams ??= new EpollDatagrams(this.#ownership, this.#datagramGroup);
    return this.#datagrams;
  }

  #receiveDatagrams(socket: Socket): void {
    if (!socket.closing && this.#ofDatagrams().receive(socket)) this.#tryLater(socket, Wait.moreDatagrams);
  }

  sendDatagrams(socket: Socket, out: Outgoing): void {
    this.#ofDatagrams().send(socket, out);
  }

  sendDatagramCopy(
    socket: Socket,
    to: Uint8Array | undefined,
    head: Uint8Array | undefined,
    bytes: Uint8Array,
    ecn: number,
  ): void {
    this.#ofDatagrams().sendCopy(socket, to, head, bytes, ecn);
  }

  pollIn(socket: Socket): void {
    socket.pending |= Pending.pollIn;
    this.#tryLater(socket, Wait.pollIn);
  }

  pollOut(socket: Socket): void {
    socket.pending |= Pending.pollOut;
    this.#tryLater(socket, Wait.pollOut);
  }

  pollHangup(socket: Socket): void {
    if ((socket.pending & Pending.pollHangup) !== 0) return;
    socket.pending |= Pending.pollHangup;
    this.#tryLater(socket, Wait.pollHangup);
  }

  close(socket: Socket, ending: Ending): void {
    if (socket.closing) return;
    this.#datagrams?.flushOf(socket);
    socket.closing = true;
    if (ending === 'reset') setLingerZero(socket.fd);
    this.#table.remove(socket);
    closeOwned(socket.fd, this.#ownership);
  }

  clock(): number {
    return this.#clock.read();
  }

  turnTime(): number {
    return this.#clock.sinceLook();
  }

  watch(fd: number, readable: () => void): void {
    this.#watches.push(readable);
    // Edge-triggered, because a doorbell is never read.
    this.#register(fd, this.#watches.length - 1, WATCH, EPOLLIN | EPOLLET);
  }

  turn(timeout_ms: number): number {
    this.counts.turns += 1;
    const datagrams = this.#datagrams;
    datagrams?.flush();
    const tried = this.#tryPostponed() + (datagrams === undefined ? 0 : datagrams.tell());
    // Where handlers may have been called, this turn does not wait: the caller looks at what they did before it waits.
    const wait_ms = tried === 0 ? Math.max(0, Math.ceil(timeout_ms)) : 0;
    const count = libc.epoll_wait(this.#fd, this.#events.address, EVENTS_MAX, wait_ms);
    this.now = this.#clock.look(wait_ms);
    this.isBehind = this.#clock.wasAway || count === EVENTS_MAX;
    if (count < 0) {
      if (count === -EINTR) return tried;
      throw new Error(`epoll_wait failed: errno ${-count}`);
    }
    const { words } = this.#events;
    for (let i = 0; i < count; i += 1) {
      const word = i * EVENT_WORDS;
      this.#happened(words[word + DATA_WORD], words[word + DATA_WORD + 1], words[word]);
    }
    this.#datagrams?.flush();
    return tried + count;
  }

  /** Those that are postponed meanwhile are for the next turn. */
  #tryPostponed(): number {
    let one = this.#postponed;
    if (one === undefined) return 0;
    this.now = this.#clock.read();
    let tried = 0;
    this.#postponed = undefined;
    this.#lastPostponed = undefined;
    for (; one !== undefined; one = one.next) {
      this.#try(one);
      tried += 1;
    }
    return tried;
  }

  #tryLater(socket: Socket, operation: Wait, result = ASK, rest: Uint8Array | undefined = undefined): void {
    const one = { socket, operation, result, rest, next: undefined };
    if (this.#lastPostponed === undefined) this.#postponed = one;
    else this.#lastPostponed.next = one;
    this.#lastPostponed = one;
  }

  #await(socket: Socket, operation: Wait): void {
    socket.waiting |= operation;
    if (socket.registered) return;
    socket.registered = true;
    this.#register(socket.fd, socket.slot, socket.generation, EVERYTHING);
  }

  /** Waits for one client only, so that further clients do not wake the thread while it accepts none. */
  #awaitClient(socket: Socket): void {
    const operation = socket.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    socket.registered = true;
    this.#register(socket.fd, socket.slot, socket.generation, EPOLLIN | EPOLLONESHOT, operation);
  }

  #register(fd: number, low: number, high: number, events: number, operation = EPOLL_CTL_ADD): void {
    // The event for epoll_ctl stands behind the array that epoll_wait fills.
    const word = EVENTS_MAX * 4;
    const { words } = this.#events;
    words[word] = events >>> 0;
    words[word + DATA_WORD] = low;
    words[word + DATA_WORD + 1] = high;
    const result = libc.epoll_ctl(this.#fd, operation, fd, this.#events.address + word * 4);
    if (result < 0) throw new Error(`epoll_ctl failed: errno ${-result}`);
  }

  #happened(low: number, high: number, events: number): void {
    if (high === WATCH) {
      this.#watches[low]();
      return;
    }
    const socket = this.#table.find(low, high);
    if (socket === undefined) {
      this.counts.stale += 1;
      return;
    }
    if ((socket.waiting & Wait.datagrams) !== 0) {
      if ((events & EPOLLERR) !== 0) socket.handler.onDatagramErrors(socket);
      this.#receiveDatagrams(socket);
      return;
    }
    const broken = (events & (EPOLLERR | EPOLLHUP)) !== 0;
    if ((events & (EPOLLIN | EPOLLRDHUP)) !== 0 || broken) socket.readable = true;
    if ((events & EPOLLRDHUP) !== 0 || broken) socket.hungUp = true;
    const writable = (events & EPOLLOUT) !== 0 || broken;
    // The events include a pending error (tcp_poll in the kernel): a socket without an error event is connected.
    if (writable && !this.#wake(socket, Wait.connect, broken ? ASK : 0)) return;
    if (writable && !this.#wake(socket, Wait.pollOut)) return;
    if (broken && !this.#wake(socket, Wait.pollHangup)) return;
    if (!socket.readable) return;
    if (!this.#wake(socket, Wait.receive)) return;
    if (!this.#wake(socket, Wait.pollIn)) return;
    if ((socket.waiting & Wait.accept) !== 0) this.#accept(socket);
  }

  /** Carries out an operation that waited for this readiness. False when its handler has closed the socket. */
  #wake(socket: Socket, operation: Wait, result = ASK): boolean {
    if ((socket.waiting & operation) !== 0) {
      socket.waiting &= ~operation;
      this.#carryOut(socket, operation, result);
    }
    return !socket.closing;
  }

  #try(one: Postponed): void {
    const { socket } = one;
    if (socket.closing) return;
    if (one.rest !== undefined) {
      socket.waiting &= ~Wait.send;
      socket.handler.onUnsent(socket, one.rest, one.result);
    } else this.#carryOut(socket, one.operation, one.result);
  }

  #carryOut(socket: Socket, operation: Wait, result: number): void {
    switch (operation) {
      case Wait.receive:
        this.#receive(socket);
        break;
      case Wait.stopped:
        // The stream may have ended by itself meanwhile.
        if (socket.streaming !== Streaming.stopping) break;
        socket.streaming = Streaming.no;
        socket.handler.onStreamStopped(socket);
        break;
      case Wait.connect:
        socket.handler.onConnect(socket, result === ASK ? pendingError(socket.fd) : result);
        break;
      case Wait.pollIn:
        if (pollNow(socket.fd, EPOLLIN | EPOLLRDHUP) === 0) this.#await(socket, operation);
        else {
          socket.pending &= ~Pending.pollIn;
          socket.handler.onPollIn(socket, EPOLLIN);
        }
        break;
      case Wait.pollOut:
        if (pollNow(socket.fd, EPOLLOUT) === 0) this.#await(socket, operation);
        else {
          socket.pending &= ~Pending.pollOut;
          socket.handler.onPollOut(socket, EPOLLOUT);
        }
        break;
      case Wait.pollHangup:
        this.#pollHangup(socket);
        break;
      case Wait.moreDatagrams:
        this.#receiveDatagrams(socket);
        break;
      case Wait.accept:
        if (result < 0) socket.handler.onAccept(socket, result);
        else if ((socket.waiting & Wait.accept) !== 0) this.#accept(socket);
        break;
    }
  }

  #pollHangup(socket: Socket): void {
    const events = pollNow(socket.fd, 0);
    if (events === 0) {
      this.#await(socket, Wait.pollHangup);
      return;
    }
    socket.pending &= ~Pending.pollHangup;
    socket.handler.onPollHangup(socket, events);
  }

  #receive(socket: Socket): void {
    if (socket.streaming === Streaming.stopping) return;
    const memory = this.#buffers[socket.group];
    const result = libc.recv(socket.fd, memory.address, memory.size, MSG_DONTWAIT);
    if (result === -EAGAIN) {
      socket.readable = false;
      this.#await(socket, Wait.receive);
      return;
    }
    if (result === 0 && this.isSending(socket)) {
      // The kernel reports a reset only once, and the send may have got it: the send's outcome is reported first.
      this.#tryLater(socket, Wait.receive);
      return;
    }
    // A short read has emptied the socket. After a hang-up the next read must still find the end of the stream.
    if (result < memory.size && !socket.hungUp) socket.readable = false;
    if (result <= 0) socket.streaming = Streaming.no;
    socket.pending &= ~Pending.receive;
    socket.handler.onReceive(socket, result, memory, 0);
    if (result > 0 && !socket.closing && socket.streaming === Streaming.yes)
      this.#receiveNext(socket, BufferGroup.small);
  }

  #accept(socket: Socket): void {
    const fd = acceptFrom(socket.fd);
    if (fd === -EAGAIN) {
      this.#awaitClient(socket);
      return;
    }
    if (fd === -ECONNABORTED || fd === -EINTR) {
      this.#tryLater(socket, Wait.accept);
      return;
    }
    socket.waiting &= ~Wait.accept;
    socket.handler.onAccept(socket, fd);
  }

  destroy(): void {
    for (const socket of this.#table.all()) this.close(socket, 'reset');
    closeOwned(this.#fd, this.#ownership);
    for (const memory of [this.#events, ...this.#buffers]) {
      this.#ownership.unmapping(memory);
      unmap(memory);
    }
    this.#datagrams?.destroy();
  }
}
