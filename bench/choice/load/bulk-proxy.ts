// A SOCKS5 proxy with a source of bytes behind it. All its connections share one rate, as an uplink's do. A client asks for a
// number of bytes, a line of decimal digits, and gets them.
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { resetSocket } from '../../../src/dial/reset.js';
import { readRequest, reply } from '../../race/field/socks-request.js';

const SUCCEEDED = 0;
const PIECE = Buffer.alloc(32 << 10, 'b');

export interface BulkPlan {
  /** It takes no connections before that time of a run; absent: from the beginning. */
  readonly away_ms?: number;
  /** Time until it answers CONNECT. */
  readonly connect_ms: number;
  readonly octets_per_s: number;
}

export class BulkProxy {
  readonly #plan: BulkPlan;
  readonly #began = performance.now();
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** When the uplink has sent all that it was given. */
  #freeAt = 0;
  /** Octets sent, and connections taken, since the beginning. */
  octets = 0;
  dials = 0;

  private constructor(plan: BulkPlan) {
    this.#plan = plan;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  static async listen(plan: BulkPlan): Promise<BulkProxy> {
    const proxy = new BulkProxy(plan);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', () => resolve());
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #serve(socket: Socket): void {
    if (performance.now() - this.#began < (this.#plan.away_ms ?? 0)) {
      resetSocket(socket);
      return;
    }
    this.dials += 1;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    readRequest(socket, (_port, rest) => {
      setTimeout(() => {
        socket.write(reply(SUCCEEDED));
        if (rest.length > 0) socket.unshift(rest);
        let asked = '';
        socket.on('data', (chunk: Buffer) => {
          asked += chunk.toString('latin1');
          if (asked.includes('\n')) void this.#send(socket, Number(asked.slice(0, asked.indexOf('\n'))));
        });
        socket.resume();
      }, this.#plan.connect_ms);
    });
  }

  async #send(socket: Socket, octets: number): Promise<void> {
    for (let left = octets; left > 0 && !socket.destroyed; left -= PIECE.length) {
      const piece = left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
      this.#freeAt = Math.max(this.#freeAt, performance.now()) + (piece.length / this.#plan.octets_per_s) * 1000;
      const wait_ms = this.#freeAt - performance.now();
      if (wait_ms > 1) await sleep(wait_ms);
      this.octets += piece.length;
      if (!socket.write(piece)) await drained(socket);
    }
    socket.end();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
