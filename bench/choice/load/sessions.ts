// Clients with long sessions: each says a word now and then and hears its echo, and comes back at once when its session ends.
// The server's first line says from which address the session came to it, which tells the uplink.
import type { Socket } from 'node:net';
import { resetSocket } from '../../../src/dial/reset.js';
import type { Destination } from '../../race/requests/visit.js';
import { connected } from './socks.js';

const WORD = Buffer.alloc(32, 'w');
const SAY_MS = 500;
/** Between two tries of a client that cannot come back. */
const AGAIN_MS = 100;
/** A connection that is not there by then is tried anew, as programs do. */
const CONNECT_MS = 3000;

export class Session {
  /** From where the server saw the session come; undefined while there is none. */
  by: string | undefined;
  /** When it first and last ended, and when its client first heard the server again after that. */
  endedAt: number | undefined;
  backAt: number | undefined;
  ends = 0;
  /** When the server was last heard. */
  heardAt = 0;
  readonly #entry: number;
  readonly #destination: Destination | undefined;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(entry: number, destination: Destination | undefined) {
    this.#entry = entry;
    this.#destination = destination;
    this.#begin();
  }

  #begin(): void {
    let line = '';
    const patience = setTimeout(() => this.#socket?.destroy(), CONNECT_MS);
    const through = (socket: Socket): void => {
      socket.on('data', (chunk: Buffer) => {
        this.heardAt = performance.now();
        if (this.by !== undefined) return;
        line += chunk.toString('latin1');
        if (!line.includes('\n')) return;
        clearTimeout(patience);
        this.by = line.slice(0, line.indexOf('\n'));
        if (this.endedAt !== undefined) this.backAt ??= performance.now();
        this.#timer = setInterval(() => socket.write(WORD), SAY_MS);
      });
    };
    this.#socket = connected(this.#entry, this.#destination, through, () => {
      clearTimeout(patience);
      clearInterval(this.#timer);
      if (this.#isOver) return;
      if (this.by !== undefined) {
        this.ends += 1;
        this.endedAt ??= performance.now();
      }
      const wasThere = this.by !== undefined;
      this.by = undefined;
      this.#timer = setTimeout(() => this.#begin(), wasThere ? 0 : AGAIN_MS);
    });
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    if (this.#socket !== undefined) resetSocket(this.#socket);
  }
}
