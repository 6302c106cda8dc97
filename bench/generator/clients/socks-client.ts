// One client connection of a load, up to where data can be exchanged: open, connect, SOCKS5 greeting and CONNECT (RFC
// 1928); each reply is checked. A subclass decides what is exchanged then. One object carries one connection after
// another, so that a connection allocates little.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Ending } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import { errorName } from '../../../src/linux/error-name.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import { bindTo, closeFd, openStream, setBindAddressNoPort } from '../../../src/linux/sockets.js';
import type { Participant, Run } from './run.js';

type Step = 'closed' | 'connect' | 'greeting' | 'request' | 'exchange';

const constants = mapMemory(4096);
constants.bytes.set([5, 1, 0]);
const GREETING_SIZE = 3;
const GREETING_REPLY_SIZE = 2;
/** Bytes of a reply up to the first byte of the address; in a name that byte is the length. */
const REPLY_HEAD_SIZE = 5;
const REPLY_SIZE_MAX = 4 + 1 + 255 + 2;

export abstract class SocksClient extends Handler implements Participant {
  protected readonly run: Run;
  protected socket: Socket | undefined;
  /** The buffers for receives of the exchange. */
  protected group: BufferGroup = BufferGroup.handshake;
  /** When the connection was begun, and when it last made progress (the engine's clock). */
  protected began_ms = 0;
  protected progress_ms = 0;
  #step: Step = 'closed';
  readonly #reply = new Uint8Array(REPLY_SIZE_MAX);
  #got = 0;

  constructor(run: Run) {
    super();
    this.run = run;
  }

  /** Called when data can be exchanged. */
  protected abstract established(socket: Socket): void;
  /** Called with bytes of the exchange; the memory belongs to the engine again afterwards. */
  protected abstract received(socket: Socket, memory: Memory, offset: number, size: number): void;

  protected get exchanging(): boolean {
    return this.#step === 'exchange';
  }

  open(): void {
    this.began_ms = this.run.engine.clock();
    this.progress_ms = this.began_ms;
    this.#step = 'connect';
    this.run.joined(this);
    const fd = openStream(4);
    if (fd < 0) {
      this.fail(`open: ${errorName(fd)}`);
      return;
    }
    setBindAddressNoPort(fd);
    const bound = bindTo(fd, this.run.route.nextSource(), 0);
    if (bound < 0) {
      closeFd(fd);
      this.fail(`bind: ${errorName(bound)}`);
      return;
    }
    this.socket = this.run.engine.adopt(fd, this);
    this.run.engine.connect(this.socket, this.run.route.entry);
  }

  protected close(ending: Ending): void {
    const { socket } = this;
    this.#step = 'closed';
    this.socket = undefined;
    this.run.left(this);
    if (socket !== undefined) this.run.engine.close(socket, ending);
  }

  protected fail(cause: string): void {
    if (this.#step === 'closed') return;
    this.run.tally.failed(cause);
    this.close('reset');
  }

  expire(before_ms: number): void {
    if (this.progress_ms < before_ms) this.fail(`${this.#step}: no progress`);
  }

  /** Sends what always has room: at most some hundred bytes, on a connection that has nothing unsent. */
  protected say(socket: Socket, memory: Memory, offset: number, size: number): void {
    this.run.engine.send(socket, memory, offset, size);
  }

  override onUnsent(_socket: Socket, rest: Uint8Array, error: number): void {
    this.fail(`${this.#step}: send: ${errorName(error)}, ${rest.length} bytes left`);
  }

  override onConnect(socket: Socket, result: number): void {
    if (result < 0) {
      this.fail(`connect: ${errorName(result)}`);
      return;
    }
    this.#got = 0;
    if (!this.run.route.handshake) {
      this.#establish(socket);
      return;
    }
    this.#step = 'greeting';
    this.say(socket, constants, 0, GREETING_SIZE);
    this.run.engine.receive(socket, BufferGroup.handshake);
  }

  #establish(socket: Socket): void {
    this.#step = 'exchange';
    this.established(socket);
    if (this.socket === socket) this.run.engine.receive(socket, this.group);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result <= 0) {
      this.fail(`${this.#step}: ${result === 0 ? 'closed by the peer' : errorName(result)}`);
      return;
    }
    this.progress_ms = this.run.engine.now;
    if (this.#step !== 'exchange') {
      this.#handshake(socket, memory, offset, result);
      return;
    }
    this.received(socket, memory, offset, result);
    if (this.socket === socket) this.run.engine.receive(socket, this.group);
  }

  #handshake(socket: Socket, memory: Memory, offset: number, size: number): void {
    const reply = this.#reply;
    let read = 0;
    while (read < size && this.#step !== 'exchange') {
      reply[this.#got] = memory.bytes[offset + read];
      this.#got += 1;
      read += 1;
      if (this.#step === 'greeting') this.#greeted(socket);
      else this.#answered();
      if (this.socket !== socket) return;
    }
    if (this.#step !== 'exchange') {
      this.run.engine.receive(socket, BufferGroup.handshake);
      return;
    }
    this.established(socket);
    // A server that speaks first may have spoken already.
    if (this.socket === socket && read < size) this.received(socket, memory, offset + read, size - read);
    if (this.socket === socket) this.run.engine.receive(socket, this.group);
  }

  #greeted(socket: Socket): void {
    if (this.#got < GREETING_REPLY_SIZE) return;
    if (this.#reply[0] !== 5 || this.#reply[1] !== 0) {
      this.fail(`greeting: answered ${this.#reply[0]} ${this.#reply[1]}`);
      return;
    }
    this.#step = 'request';
    this.#got = 0;
    const { route } = this.run;
    this.say(socket, route.requests, route.nextRequest(), route.requestSize);
  }

  #answered(): void {
    if (this.#got < REPLY_HEAD_SIZE) return;
    const [version, code, , type, first] = this.#reply;
    if (version !== 5 || code !== 0) {
      this.fail(`request: answered ${version} ${code}`);
      return;
    }
    const addressSize = type === 1 ? 4 : type === 4 ? 16 : 1 + first;
    if (this.#got === 4 + addressSize + 2) this.#step = 'exchange';
  }
}
