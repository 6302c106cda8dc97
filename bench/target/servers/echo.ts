// The echo server: sends back what it receives. One object serves every connection, since connections have no state.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Engine } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import type { Memory } from '../../../src/linux/memory.js';
import { sendFrom } from '../../../src/linux/sockets.js';

export class EchoServer extends Handler {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result <= 0) {
      this.#engine.close(socket, 'graceful');
      return;
    }
    // The loads send 64 bytes at a time, for which there is always room. A client that sends more than fits is reset.
    if (sendFrom(socket.fd, memory.address + offset, result) !== result) this.#engine.close(socket, 'reset');
    else this.#engine.receive(socket, BufferGroup.handshake);
  }
}
