// Lets go of a client that cannot be served: sends the answer, ends the stream, and reads and discards what the client still
// sends, for a bounded time. Closing a socket with unread bytes would be a reset, which overtakes the answer.
import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Engine } from '../../../linux/engine/engine.js';
import type { Socket } from '../../../linux/engine/socket.js';
import type { Memory } from '../../../linux/memory.js';
import { sendBytes, shutdownWrite } from '../../../linux/sockets.js';
import type { DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import { TimedHandler } from '../shared/timed-handler.js';

const DRAIN_BYTES_MAX = 65536;
const DRAIN_TIMEOUT_MS = 2000;

/** The parts of the actor's context that a lingering close needs. */
export interface LingeringParts {
  readonly engine: Pick<Engine, 'now' | 'handOver' | 'flush' | 'receive' | 'close'>;
  readonly deadlines: DeadlineWheel;
}

export class LingeringClose extends TimedHandler {
  readonly #parts: LingeringParts;
  readonly #socket: Socket;
  readonly #done: () => void;
  #drained = 0;

  /** `done` is called when the client's socket has been closed. */
  constructor(parts: LingeringParts, socket: Socket, done: () => void) {
    super();
    this.#parts = parts;
    this.#socket = socket;
    this.#done = done;
  }

  /** Takes over the socket, sends `answer` and begins to wait for the client's end of stream. */
  say(answer: Uint8Array): void {
    const { engine, deadlines } = this.#parts;
    engine.handOver(this.#socket, this);
    engine.flush(this.#socket);
    sendBytes(this.#socket.fd, answer);
    shutdownWrite(this.#socket.fd);
    deadlines.set(this, engine.now + DRAIN_TIMEOUT_MS);
    engine.receive(this.#socket, BufferGroup.small);
  }

  override onReceive(socket: Socket, result: number, _memory: Memory, _offset: number): void {
    this.#drained += Math.max(result, 0);
    if (result <= 0 || this.#drained > DRAIN_BYTES_MAX) this.#end();
    else this.#parts.engine.receive(socket, BufferGroup.small);
  }

  override onPollHangup(): void {
    // Requested by the race that has just been lost; the receive finds the same.
  }

  override onUnsent(): void {
    // Concerns the handshake's last answer; the receive finds what has happened.
  }

  onDeadline(): void {
    this.#end();
  }

  #end(): void {
    this.#parts.deadlines.clear(this);
    this.#parts.engine.close(this.#socket, 'graceful');
    this.#done();
  }
}
