// The bulk load: streams that carry bytes one way as fast as they can until the time is over. Each stream is then ended,
// and counts only if both ends have counted the same bytes.
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { EAGAIN } from '../../../src/linux/errno.js';
import { errorName } from '../../../src/linux/error-name.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import type { Direction, Outcome } from '../../shared/messages.js';
import { ProxyClient } from '../clients/proxy-client.js';
import type { Run } from '../clients/run.js';
import { PIECES_A_TURN, SINK_SATISFIED, StreamReader, StreamWriter } from '../clients/stream.js';

const stop = mapMemory(4096);

class Downloader extends ProxyClient {
  protected override group: BufferGroup = BufferGroup.large;
  readonly #reader = new StreamReader();
  #stopped = false;

  protected override established(): void {
    if (!this.run.goesOn) this.stop();
  }

  /** One byte asks the source to end its stream: a half-close would do, too, but not every proxy passes it on. */
  stop(): void {
    if (this.#stopped || this.socket === undefined || !this.exchanging) return;
    this.#stopped = true;
    this.say(this.socket, stop, 0, 1);
  }

  protected override received(_socket: Socket, memory: Memory, offset: number, size: number): void {
    const state = this.#reader.read(memory.bytes, offset, size);
    if (state === 'more') return;
    if (state === 'wrong') {
      this.fail('stream: other bytes than were sent');
      return;
    }
    this.run.tally.verified += 1;
    this.run.tally.bytes += this.#reader.count;
    this.close('graceful');
  }
}

class Uploader extends ProxyClient {
  readonly #writer = new StreamWriter();

  protected override established(socket: Socket): void {
    if (!this.run.goesOn) this.stop();
    this.#pump(socket);
  }

  stop(): void {
    this.#writer.end();
  }

  #pump(socket: Socket): void {
    for (let pieces = 0; pieces < PIECES_A_TURN && !this.#writer.ended; pieces += 1) {
      const taken = this.#writer.write(socket.fd);
      if (taken === -EAGAIN) break;
      if (taken < 0) {
        this.fail(`stream: ${errorName(taken)}`);
        return;
      }
      this.progress_ms = this.run.engine.now;
    }
    if (!this.#writer.ended) this.run.engine.pollOut(socket);
  }

  override onPollOut(socket: Socket): void {
    this.#pump(socket);
  }

  protected override received(_socket: Socket, memory: Memory, offset: number, size: number): void {
    if (!this.#writer.ended || size !== 1 || memory.bytes[offset] !== SINK_SATISFIED) {
      this.fail('stream: the sink got other bytes than were sent');
      return;
    }
    this.run.tally.verified += 1;
    this.run.tally.bytes += this.#writer.count;
    this.close('graceful');
  }
}

export function bulk(run: Run, connections: number, duration_ms: number, direction: Direction): Outcome {
  const clients: (Downloader | Uploader)[] = [];
  return run.carryOut(
    duration_ms,
    () => {
      for (let i = 0; i < connections; i += 1) {
        const client = direction === 'download' ? new Downloader(run) : new Uploader(run);
        clients.push(client);
        client.open();
      }
    },
    {
      ending: () => {
        for (const client of clients) client.stop();
      },
    },
  );
}
