// The engine over io_uring (kernel 6.1 and newer): every operation of a turn goes to the kernel in one call.
// Receives take their buffer from provided rings when data comes, so an idle connection holds none.
import { ADDRESS_SIZE } from './addresses.js';
import {
  type BufferGroup,
  type Ending,
  type Engine,
  type EngineCounts,
  GROUP_SIZES,
  type GroupSize,
  type Listener,
  type Ownership,
  type Socket,
  UNRECORDED,
} from './engine.js';
import { ECANCELED, ENOBUFS } from './errno.js';
import * as libc from './libc.js';
import { type Memory, mapMemory, unmap } from './memory.js';
import { Ring } from './ring.js';
import { SocketTable } from './socket-table.js';
import { setLingerZero } from './sockets.js';

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
const ACCEPT_MULTISHOT = 1;
const RECV_POLL_FIRST = 1;
const POLL_MULTISHOT = 1;
const CANCEL_ALL = 1;
const CANCEL_ALL_OF_FD = 1 | 2;
const MSG_DONTWAIT = 0x40;
const CQE_HAS_BUFFER = 1;
const CQE_MORE = 2;
const CQE_SOCK_NONEMPTY = 4;
const SOCK_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const POLLIN = 1;
const POLLOUT = 4;
const POLLERR_HUP = 8 | 16;
const POLLRDHUP = 0x2000;

/** What a completion was of; stands in the low four bits of its user data's upper half, the generation above it. */
const Operation = {
  accept: 1,
  connect: 2,
  receive: 3,
  pollIn: 4,
  pollOut: 5,
  pollHangup: 6,
  cancel: 7,
  watch: 8,
  acceptMany: 9,
  pollOutLasting: 10,
  pollHangupLasting: 11,
  send: 12,
} as const;
type Operation = (typeof Operation)[keyof typeof Operation];

const SLAB_SLOTS = 1024;
const ADDRESS_STRIDE = 32;
/** Rounds in which a destroyed engine's operations may end; one is enough unless the completion ring overflows. */
const DESTROY_ROUNDS = 1000;

export interface UringSizes {
  readonly submissions: number;
  readonly completions: number;
  readonly groups: readonly GroupSize[];
}

const DEFAULT_SIZES: UringSizes = { submissions: 1024, completions: 8192, groups: GROUP_SIZES };

const EMPTY = mapMemory(4096);

export class UringEngine implements Engine {
  readonly kind = 'uring';
  readonly counts: EngineCounts = { overflows: 0, bufferWaits: 0, stale: 0, turns: 0 };
  now = performance.now();
  readonly #ring: Ring;
  readonly #ownership: Ownership;
  readonly #table = new SocketTable();
  readonly #watches: { fd: number; readable: () => void }[] = [];
  /** Addresses of connects in flight, by slot. */
  readonly #slabs: Memory[] = [];
  #starved: Socket[] = [];

  /** An engine, or the negated errno of what the kernel refused. */
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
    return new UringEngine(ring, ownership);
  }

  private constructor(ring: Ring, ownership: Ownership) {
    this.#ring = ring;
    this.#ownership = ownership;
  }

  get size(): number {
    return this.#table.size;
  }

  adopt(fd: number, listener: Listener): Socket {
    this.#ownership.opened(fd);
    return this.#table.add(fd, listener);
  }

  #submit(socket: Socket, head: number, operation: Operation): number {
    socket.inFlight += 1;
    return this.#ring.prepare(head, socket.fd, socket.slot, (socket.generation << 4) | operation);
  }

  accept(socket: Socket, many: boolean): void {
    const word = many
      ? this.#submit(socket, ACCEPT | (ACCEPT_MULTISHOT << 16), Operation.acceptMany)
      : this.#submit(socket, ACCEPT, Operation.accept);
    this.#ring.words[word + 7] = SOCK_NONBLOCK_CLOEXEC;
  }

  cancelAccept(socket: Socket): void {
    this.#cancelAll(socket);
  }

  #cancelAll(socket: Socket): void {
    this.#ring.words[this.#submit(socket, ASYNC_CANCEL, Operation.cancel) + 7] = CANCEL_ALL_OF_FD;
  }

  connect(socket: Socket, address: Uint8Array): void {
    const slab = Math.floor(socket.slot / SLAB_SLOTS);
    while (this.#slabs.length <= slab) {
      const memory = mapMemory(SLAB_SLOTS * ADDRESS_STRIDE);
      this.#ownership.mapped(memory, false);
      this.#slabs.push(memory);
    }
    const memory = this.#slabs[slab];
    const offset = (socket.slot % SLAB_SLOTS) * ADDRESS_STRIDE;
    memory.bytes.set(address.length > ADDRESS_SIZE ? address.subarray(0, ADDRESS_SIZE) : address, offset);
    const word = this.#submit(socket, CONNECT, Operation.connect);
    this.#setAddress(word, memory.address + offset);
    this.#ring.words[word + 2] = address.length;
  }

  #setAddress(word: number, address: number): void {
    this.#ring.words[word + 4] = address >>> 0;
    this.#ring.words[word + 5] = Math.floor(address / 2 ** 32);
  }

  receive(socket: Socket, group: BufferGroup): void {
    socket.group = group;
    const pollFirst = socket.readable ? 0 : RECV_POLL_FIRST;
    const word = this.#submit(socket, RECV | (BUFFER_SELECT << 8) | (pollFirst << 16), Operation.receive);
    this.#ring.words[word + 10] = group;
  }

  send(socket: Socket, address: number, size: number): void {
    const word = this.#submit(socket, SEND, Operation.send);
    this.#setAddress(word, address);
    this.#ring.words[word + 6] = size;
    this.#ring.words[word + 7] = MSG_DONTWAIT;
  }

  pollIn(socket: Socket): void {
    this.#poll(socket, POLLIN | POLLRDHUP, Operation.pollIn);
  }

  pollOut(socket: Socket): void {
    this.#poll(socket, POLLOUT, Operation.pollOut);
  }

  pollHangup(socket: Socket): void {
    const asked = (1 << Operation.pollHangup) | (1 << Operation.pollHangupLasting);
    if ((socket.waiting & asked) !== 0) return;
    socket.waiting |= 1 << Operation.pollHangup;
    // Errors and hang-ups are told without being asked for.
    this.#poll(socket, 0, Operation.pollHangup);
  }

  #poll(socket: Socket, events: number, operation: Operation): void {
    this.#ring.words[this.#submit(socket, POLL_ADD, operation) + 7] = events;
  }

  /**
   * The kernel adds POLLRDHUP to whatever a poll waits for, so a half-close ends every one-shot poll at once. What
   * waits for something else goes on with a multishot poll, which is told of the half-close only once.
   */
  #pollOn(socket: Socket, operation: Operation): void {
    socket.waiting |= 1 << operation;
    const events = operation === Operation.pollOutLasting ? POLLOUT : 0;
    const word = this.#submit(socket, POLL_ADD, operation);
    this.#ring.words[word + 6] = POLL_MULTISHOT;
    this.#ring.words[word + 7] = events;
  }

  /** True when this completion of a multishot poll is what was waited for; the poll is over then. */
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
    if (!ended) {
      const word = this.#submit(socket, ASYNC_CANCEL, Operation.cancel);
      this.#ring.words[word + 4] = socket.slot;
      this.#ring.words[word + 5] = (socket.generation << 4) | operation;
      this.#ring.words[word + 7] = CANCEL_ALL;
    }
    return true;
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

  #finish(socket: Socket): void {
    this.#table.remove(socket);
    this.#ownership.closing(socket.fd);
    if (this.#ownership !== UNRECORDED) libc.close(socket.fd);
    // Only a failure would have a completion, and no socket to go with it.
    else this.#ring.prepare(CLOSE | (SKIP_SUCCESS << 8), socket.fd, 0, 0);
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

  turn(timeout_ms: number, outcomes = 1): void {
    this.counts.turns += 1;
    this.#ring.enter(timeout_ms > 0 ? outcomes : 0, timeout_ms);
    this.now = performance.now();
    this.#ring.drain(this.#completed);
    this.counts.overflows = this.#ring.overflows;
    if (this.#starved.length > 0) this.#feed();
  }

  readonly #completed = (low: number, high: number, result: number, flags: number): void => {
    const operation = (high & 15) as Operation;
    if (operation === Operation.watch) {
      if ((flags & CQE_MORE) === 0) this.#armWatch(low);
      this.#watches[low].readable();
      return;
    }
    const socket = this.#table.find(low, high >>> 4);
    if (socket === undefined) {
      this.counts.stale += 1;
      return;
    }
    if ((flags & CQE_MORE) === 0) socket.inFlight -= 1;
    if (socket.closing) this.#completedWhileClosing(socket, operation, result, flags);
    else this.#tell(socket, operation, result, flags);
  };

  #tell(socket: Socket, operation: Operation, result: number, flags: number): void {
    switch (operation) {
      case Operation.receive:
        this.#received(socket, result, flags);
        break;
      case Operation.connect:
        socket.listener.onConnect(socket, result);
        break;
      case Operation.send:
        socket.listener.onSend(socket, result);
        break;
      case Operation.pollIn:
        socket.listener.onPollIn(socket, result);
        break;
      case Operation.pollOut:
        if (result >= 0 && (result & (POLLOUT | POLLERR_HUP)) === 0) this.#pollOn(socket, Operation.pollOutLasting);
        else socket.listener.onPollOut(socket, result);
        break;
      case Operation.pollOutLasting:
        if (this.#lastingPollHeard(socket, operation, result, flags)) socket.listener.onPollOut(socket, result);
        break;
      case Operation.pollHangup:
        socket.waiting &= ~(1 << Operation.pollHangup);
        if (result >= 0 && (result & POLLERR_HUP) === 0) this.#pollOn(socket, Operation.pollHangupLasting);
        else socket.listener.onPollHangup(socket, result);
        break;
      case Operation.pollHangupLasting:
        if (this.#lastingPollHeard(socket, operation, result, flags)) socket.listener.onPollHangup(socket, result);
        break;
      case Operation.accept:
        socket.listener.onAccept(socket, result);
        break;
      case Operation.acceptMany:
        socket.listener.onAccept(socket, result);
        // A multishot accept ends without an error when the completion ring was full: say so, so that it is asked again.
        if (result >= 0 && (flags & CQE_MORE) === 0 && !socket.closing) socket.listener.onAccept(socket, -ECANCELED);
        break;
      case Operation.cancel:
        break;
      default:
        throw new Error(`operation ${operation} has no listener`);
    }
  }

  #received(socket: Socket, result: number, flags: number): void {
    if (result === -ENOBUFS) {
      this.counts.bufferWaits += 1;
      this.#starved.push(socket);
      return;
    }
    socket.readable = result < 0 || (flags & CQE_SOCK_NONEMPTY) !== 0;
    if ((flags & CQE_HAS_BUFFER) === 0) {
      socket.listener.onReceive(socket, result, EMPTY, 0);
      return;
    }
    const buffers = this.#ring.buffers(socket.group);
    const id = flags >>> 16;
    socket.listener.onReceive(socket, result, buffers.memory, buffers.offset(id));
    buffers.give(id);
  }

  #completedWhileClosing(socket: Socket, operation: Operation, result: number, flags: number): void {
    if ((flags & CQE_HAS_BUFFER) !== 0) this.#ring.buffers(socket.group).give(flags >>> 16);
    if ((operation === Operation.accept || operation === Operation.acceptMany) && result >= 0) libc.close(result);
    if (socket.inFlight === 0) this.#finish(socket);
  }

  /** Asks again for the receives that found no buffer: by now the turn's listeners have given theirs back. */
  #feed(): void {
    const starved = this.#starved;
    this.#starved = [];
    for (const socket of starved) {
      if (!socket.closing) this.receive(socket, socket.group);
    }
  }

  destroy(): void {
    // A socket ends only when the ring holds nothing of it any more, and connections that were accepted but not told
    // yet have no other owner: so the closes are carried through before the ring goes.
    for (const watch of this.#watches) watch.readable = () => {};
    for (const socket of this.#table.all()) this.close(socket, 'reset');
    let rounds = 0;
    do {
      this.#ring.enter(0, 0);
      this.#ring.drain(this.#completed);
      rounds += 1;
    } while (rounds < DESTROY_ROUNDS && this.#table.size > 0);
    // The last of these may have closed sockets.
    this.#ring.enter(0, 0);
    for (const socket of this.#table.all()) {
      this.#ownership.closing(socket.fd);
      libc.shutdown(socket.fd, 2);
      libc.close(socket.fd);
    }
    this.#ring.close();
    for (const slab of this.#slabs) {
      this.#ownership.unmapping(slab);
      unmap(slab);
    }
  }
}
