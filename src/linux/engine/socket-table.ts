// The sockets of one engine by slot: both engines look up the socket of an event here. A reused slot gets a new
// generation, so an event of its former socket is recognised as stale. The table opens and closes nothing.
import { type Handler, Socket } from './socket.js';

/** Generations wrap at 26 bits, which leaves room for an operation code in the same 32-bit word. */
const GENERATION_MASK = 0x3ff_ffff;

export class SocketTable {
  readonly #sockets: (Socket | undefined)[] = [];
  readonly #free: number[] = [];
  #generation = 0;
  size = 0;

  /** Adds a socket with a new generation, in a free slot. */
  add(fd: number, handler: Handler): Socket {
    const slot = this.#free.pop() ?? this.#sockets.length;
    this.#generation = (this.#generation + 1) & GENERATION_MASK;
    const socket = new Socket(fd, handler, slot, this.#generation);
    this.#sockets[slot] = socket;
    this.size += 1;
    return socket;
  }

  /** The socket of that slot and generation; undefined when it has been removed. */
  find(slot: number, generation: number): Socket | undefined {
    const socket = this.#sockets[slot];
    return socket !== undefined && socket.generation === generation ? socket : undefined;
  }

  remove(socket: Socket): void {
    this.#sockets[socket.slot] = undefined;
    this.#free.push(socket.slot);
    this.size -= 1;
  }

  all(): Socket[] {
    return this.#sockets.filter((socket) => socket !== undefined);
  }
}
