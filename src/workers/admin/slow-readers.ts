// Finds clients that do not read what they have asked for. An answer waits in memory until its client reads it; one that takes next to
// nothing between two looks is given up. What reads slowly, but on and on, is left alone.
import type { Socket } from 'node:net';

/** What is asked of a socket. */
interface Reader extends Pick<Socket, 'writableLength' | 'bytesWritten'> {
  destroy(): unknown;
  once(event: 'close', gone: () => void): unknown;
}

/** Between two looks. */
export const LOOK_EVERY_MS = 5000;
/** What a client must have read by the next look while more waits for it. */
const READ_BYTES_MIN = 4096;

export class SlowReaders {
  /** What each had read at the last look; undefined where nothing waited. */
  readonly #read = new Map<Reader, number | undefined>();

  add(socket: Reader): void {
    this.#read.set(socket, undefined);
    socket.once('close', () => this.#read.delete(socket));
  }

  look(): void {
    for (const [socket, before] of this.#read) {
      const isWaiting = socket.writableLength > 0;
      const read = socket.bytesWritten - socket.writableLength;
      if (isWaiting && before !== undefined && read - before < READ_BYTES_MIN) socket.destroy();
      else this.#read.set(socket, isWaiting ? read : undefined);
    }
  }

  /** Ends all that are left. */
  destroy(): void {
    for (const socket of [...this.#read.keys()]) socket.destroy();
  }
}
