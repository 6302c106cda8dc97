// A SOCKS5 proxy for the subject's lines that dials nobody: asked for an echo server of the target, it says that it is
// connected, and is that echo server from then on. What a line costs is the subject's own work; a dial behind it would
// only take the processors' time. Whatever else is asked for is refused.
import { BufferGroup, type Engine, Listener } from '../../../src/linux/engine.js';
import type { Memory } from '../../../src/linux/memory.js';
import type { Socket } from '../../../src/linux/socket.js';
import { sendBytes } from '../../../src/linux/sockets.js';
import type { Decoded } from '../../../src/protocol/decoded.js';
import {
  decodeGreeting,
  decodeRequest,
  encodeFailure,
  encodeSuccess,
  METHOD_NONE,
} from '../../../src/protocol/inbound/socks5.js';
import type { Target } from '../../../src/protocol/target.js';
import type { EchoServer } from './echo.js';

/** A greeting or a request (RFC 1928), and what may follow at once. */
const HELD_MAX = 1024;
const LOOPBACK = new Uint8Array([127, 0, 0, 1]);

export class ProxyConnection extends Listener {
  readonly #engine: Engine;
  readonly #echo: EchoServer;
  readonly #echoPorts: ReadonlySet<number>;
  readonly #held = new Uint8Array(HELD_MAX);
  #size = 0;
  #greeted = false;

  constructor(engine: Engine, echo: EchoServer, echoPorts: ReadonlySet<number>) {
    super();
    this.#engine = engine;
    this.#echo = echo;
    this.#echoPorts = echoPorts;
  }

  begin(socket: Socket): void {
    this.#engine.receive(socket, BufferGroup.handshake);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result <= 0 || this.#size + result > HELD_MAX) {
      this.#engine.close(socket, result === 0 ? 'graceful' : 'reset');
      return;
    }
    this.#held.set(memory.bytes.subarray(offset, offset + result), this.#size);
    this.#size += result;
    if (!this.#greeted) this.#greet(socket);
    if (this.#greeted) this.#answer(socket);
    if (!socket.closing) this.#engine.receive(socket, BufferGroup.handshake);
  }

  #greet(socket: Socket): void {
    const greeting = this.#take(socket, decodeGreeting(this.#held, 0, this.#size));
    if (greeting === undefined) return;
    this.#greeted = true;
    sendBytes(socket.fd, METHOD_NONE);
  }

  #answer(socket: Socket): void {
    const target = this.#take<Target>(socket, decodeRequest(this.#held, 0, this.#size));
    if (target === undefined) return;
    if (target.ip?.[0] !== 127 || !this.#echoPorts.has(target.port)) {
      sendBytes(socket.fd, encodeFailure('refused'));
      this.#engine.close(socket, 'graceful');
      return;
    }
    sendBytes(socket.fd, encodeSuccess(LOOPBACK, target.port));
    socket.listener = this.#echo;
    if (this.#size > 0) sendBytes(socket.fd, this.#held.subarray(0, this.#size));
  }

  /** The message at the front, which is then gone; undefined while it is incomplete, or when the connection has ended. */
  #take<Value>(socket: Socket, decoded: Decoded<Value, unknown>): Value | undefined {
    if (decoded.kind === 'invalid') this.#engine.close(socket, 'reset');
    if (decoded.kind !== 'message') return undefined;
    this.#held.copyWithin(0, decoded.size, this.#size);
    this.#size -= decoded.size;
    return decoded.value;
  }
}
