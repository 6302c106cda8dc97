// The source: sends a stream from the beginning of a connection until a byte (or an end) asks it to end the stream.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Engine } from '../../../src/linux/engine/engine.js';
import { Handler, type Socket } from '../../../src/linux/engine/socket.js';
import { EAGAIN } from '../../../src/linux/errno.js';
import { shutdownWrite } from '../../../src/linux/sockets.js';
import { PIECES_A_TURN, StreamWriter } from '../../generator/clients/stream.js';

export class SourceConnection extends Handler {
  readonly #engine: Engine;
  readonly #writer = new StreamWriter();

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
  }

  begin(socket: Socket): void {
    this.#engine.receive(socket, BufferGroup.handshake);
    this.#engine.pollOut(socket);
  }

  override onPollOut(socket: Socket): void {
    for (let pieces = 0; pieces < PIECES_A_TURN && !this.#writer.ended; pieces += 1) {
      const taken = this.#writer.write(socket.fd);
      if (taken === -EAGAIN) break;
      if (taken < 0) {
        this.#engine.close(socket, 'reset');
        return;
      }
    }
    if (this.#writer.ended) shutdownWrite(socket.fd);
    else this.#engine.pollOut(socket);
  }

  override onReceive(socket: Socket, result: number): void {
    if (result <= 0) {
      this.#engine.close(socket, 'graceful');
      return;
    }
    this.#writer.end();
    this.#engine.receive(socket, BufferGroup.handshake);
  }
}
