// The sockets of one engine by slot: both engines find the handler of an event here. A slot that is reused gets a new
// generation, so an event of its former socket is recognised as stale.
import { type Handler, Socket } from './socket.js';

/** Generations wrap here; 26 bits leave room for an operation code beside them in 32. */
const GENERATION_MASK = 0x3ff_ffff;

export class SocketTable {
  readonly #sockets: (Socket | undefined)[] = [];
  readonly #free: number[] = [];
  #generation = 0;
  size = 0;

  add(fd: number, handler: Handler): Socket {
    const slot = this.#free.pop() ?? this.#sockets.length;
    this.#generation = (this.#generation + 1) & GENERATION_MASK;
    const socket = new Socket(fd, handler, slot, this.#generation);
    this.#sockets[slot] = socket;
    this.size += 1;
    return socket;
  }

  /** The socket of that slot and generation, or undefined when it has gone. */
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
