// The sink: takes one stream, and answers one byte if all of it has come as it was sent. A wrong stream is reset.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Engine } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import type { Memory } from '../../../src/linux/memory.js';
import { sendBytes } from '../../../src/linux/sockets.js';
import { SINK_SATISFIED, StreamReader } from '../../generator/clients/stream.js';

const ANSWER = new Uint8Array([SINK_SATISFIED]);

export class SinkConnection extends Handler {
  readonly #engine: Engine;
  readonly #reader = new StreamReader();

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  begin(socket: Socket): void {
    this.#engine.receive(socket, BufferGroup.large);
  }

  override onReceive(socket: Socket, result: number, memory: Memory, offset: number): void {
    if (result <= 0) {
      this.#engine.close(socket, 'graceful');
      return;
    }
    const state = this.#reader.read(memory.bytes, offset, result);
    if (state === 'wrong') {
      this.#engine.close(socket, 'reset');
      return;
    }
    if (state === 'complete') sendBytes(socket.fd, ANSWER);
    this.#engine.receive(socket, BufferGroup.large);
  }
}
