// The sockets over which one UDP server is asked: each on a random port that the kernel chooses, connected, so that the
// kernel drops datagrams from elsewhere and reports ICMP refusals. Each question gets a separate socket until there are many;
// then sockets are shared, and replaced after some questions. It reads only the id of a message.
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';

/** Handles messages under the id of one question. */
export interface DatagramHandler {
  message(bytes: Buffer): void;
  error(error: NodeJS.ErrnoException): void;
}

/** Sockets of one server that take new questions. */
const OPEN_MAX = 64;
/** After this many questions a forger may know the port. */
const QUESTIONS_PER_SOCKET = 256;
export class UdpSockets {
  readonly #address: string;
  readonly #port: number;
  readonly #stray: () => void;
  readonly #open: SharedSocket[] = [];
  readonly #max: number;
  #sockets = 0;

  /**
   * At most `max` sockets at a time, including those that only wait for their last answers. `stray` is called for each
   * message under an unknown id.
   */
  constructor(at: { readonly host: string; readonly port: number }, max: number, stray: () => void) {
    this.#stray = stray;
    this.#address = at.host;
    this.#port = at.port;
    this.#max = max;
  }

  get size(): number {
    return this.#sockets;
  }

  /** undefined when no socket can be had: `max` are in use, and none takes questions. */
  take(handler: DatagramHandler): UdpSlot | undefined {
    let socket = this.#open.length < OPEN_MAX && this.#sockets < this.#max ? this.#add() : undefined;
    socket ??= this.#open[randomInt(Math.max(1, this.#open.length))];
    if (socket === undefined) return undefined;
    const slot = socket.take(handler);
    // Only if another socket can replace it: a question on a known port is better than none.
    if (socket.taken >= QUESTIONS_PER_SOCKET && this.#sockets < this.#max) this.#retire(socket);
    return slot;
  }

  #add(): SharedSocket {
    this.#sockets += 1;
    const closed = (): void => {
      this.#sockets -= 1;
      this.#retire(socket);
    };
    const socket: SharedSocket = new SharedSocket(this.#address, this.#port, { closed, stray: this.#stray });
    this.#open.push(socket);
    return socket;
  }

  #retire(socket: SharedSocket): void {
    const index = this.#open.indexOf(socket);
    if (index >= 0) this.#open.splice(index, 1);
  }
}

/** One id on one socket, until it is released. */
export class UdpSlot {
  readonly id: number;
  readonly handler: DatagramHandler;
  readonly #socket: SharedSocket;

  constructor(id: number, handler: DatagramHandler, socket: SharedSocket) {
    this.id = id;
    this.handler = handler;
    this.#socket = socket;
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  release(): void {
    this.#socket.release(this);
  }
}

class SharedSocket {
  /** Questions that were put on it. */
  taken = 0;
  readonly #slots = new Map<number, UdpSlot>();
  readonly #socket: Socket;
  readonly #closed: () => void;
  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.#fail(error);
  };
  #connected = false;
  #over = false;
  #unsent: Uint8Array[] = [];

  constructor(address: string, port: number, { closed, stray }: { closed: () => void; stray: () => void }) {
    this.#closed = closed;
    this.#socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('message', (bytes) => {
      const slot = bytes.length < 2 ? undefined : this.#slots.get(bytes.readUInt16BE(0));
      if (slot === undefined) stray();
      else slot.handler.message(bytes);
    });
    this.#socket.on('connect', () => {
      this.#connected = true;
      for (const bytes of this.#unsent.splice(0)) this.send(bytes);
    });
    this.#socket.connect(port, address);
  }

  take(handler: DatagramHandler): UdpSlot {
    this.taken += 1;
    let id = randomInt(0x10000);
    while (this.#slots.has(id)) id = randomInt(0x10000);
    const slot = new UdpSlot(id, handler, this);
    this.#slots.set(id, slot);
    return slot;
  }

  send(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#connected) this.#socket.send(bytes, this.#sent);
    else this.#unsent.push(bytes);
  }

  release(slot: UdpSlot): void {
    if (this.#slots.get(slot.id) !== slot) return;
    this.#slots.delete(slot.id);
    if (this.#slots.size === 0) this.#close();
  }

  /** An error of the socket concerns all questions on it. */
  #fail(error: NodeJS.ErrnoException): void {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    this.#close();
    for (const { handler } of slots) handler.error(error);
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#unsent = [];
    this.#closed();
    this.#socket.close();
  }
}
