// A SOCKS5 proxy for the subject's lines that dials nothing: asked for an echo server of the target, it says that it is
// connected, and is that echo server from then on. What a line costs is the subject's own work; a dial behind the proxy
// would only take CPU time. Every other request is refused.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Engine } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import type { Memory } from '../../../src/linux/memory.js';
import { sendBytes } from '../../../src/linux/sockets.js';
import type { Inbound, Requested } from '../../../src/protocol/inbound/inbound.js';
import { SOCKS5 } from '../../../src/protocol/inbound/socks5.js';
import { failureOf } from '../../../src/protocol/race/failure.js';
import type { EchoServer } from './echo.js';

/** Room for a greeting or a request (RFC 1928), and for what may follow at once. */
const HELD_MAX = 1024;
const LOOPBACK = new Uint8Array([127, 0, 0, 1]);

export class ProxyConnection extends Handler {
  readonly #engine: Engine;
  readonly #echo: EchoServer;
  readonly #echoPorts: ReadonlySet<number>;
  readonly #held = new Uint8Array(HELD_MAX);
  /** Offsets in `#held`: where the next message begins, and where all bytes end. */
  #start = 0;
  #size = 0;
  #inbound: Inbound = SOCKS5;

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
    this.#read(socket);
    if (!socket.closing) this.#engine.receive(socket, BufferGroup.handshake);
  }

  #read(socket: Socket): void {
    let step = this.#inbound.feed(this.#held, this.#start, this.#size);
    while (step.kind === 'proceed') {
      if (step.answer !== undefined) sendBytes(socket.fd, step.answer);
      this.#start += step.size;
      this.#inbound = step.next;
      step = this.#inbound.feed(this.#held, this.#start, this.#size);
    }
    if (step.kind === 'refused') this.#engine.close(socket, 'reset');
    if (step.kind === 'requested') this.#answer(socket, step);
  }

  #answer(socket: Socket, { target, early, replies }: Requested): void {
    if (target.ip?.[0] !== 127 || !this.#echoPorts.has(target.port)) {
      sendBytes(socket.fd, replies.failure(failureOf('refused')));
      this.#engine.close(socket, 'graceful');
      return;
    }
    sendBytes(socket.fd, replies.success(LOOPBACK, target.port));
    this.#engine.handOver(socket, this.#echo);
    if (early !== undefined) sendBytes(socket.fd, early);
  }
}
