// A proxy in front of a Redis, or of any server on loopback, that makes the way to it slow, deaf or broken, and changes what the
// server says.
import { connect, type Socket } from 'node:net';
import { TestServer } from './servers.js';

export interface Ways {
  /** How long every piece is kept, in each direction. */
  delay_ms?: number;
  /** Nothing is passed on any more, and connections stay open: a half-open way, also for those that are made now. */
  isDeaf?: boolean;
  /** Connections are closed as soon as they are taken. */
  isClosed?: boolean;
  /** What the server says, changed; the pieces are as they come. */
  rewrite?(chunk: Buffer): Buffer;
}

export class RedisProxy {
  /** May be changed at any time. */
  readonly ways: Ways = {};
  readonly #server: TestServer;
  readonly #open: Set<Socket>;
  /** How many connections were taken. */
  readonly taken: () => number;

  private constructor(server: TestServer, open: Set<Socket>, taken: () => number) {
    this.#server = server;
    this.#open = open;
    this.taken = taken;
  }

  /** `to`: a port on loopback, or the path of a Unix socket. */
  static async start(to: number | string, ways: Ways = {}): Promise<RedisProxy> {
    const open = new Set<Socket>();
    let taken = 0;
    const server = await TestServer.listen((near) => {
      taken += 1;
      if (proxy.ways.isClosed) return void near.destroy();
      const far = typeof to === 'number' ? connect({ port: to, host: '127.0.0.1' }) : connect({ path: to });
      for (const [from, other] of [[near, far] as const, [far, near] as const]) {
        open.add(from);
        from.on('error', () => {});
        from.on('close', () => {
          open.delete(from);
          if (!proxy.ways.isDeaf) other.destroy();
        });
        from.on('data', (chunk: Buffer) => {
          if (proxy.ways.isDeaf) return;
          const piece = from === far ? (proxy.ways.rewrite?.(chunk) ?? chunk) : chunk;
          const { delay_ms = 0 } = proxy.ways;
          // Timers of one length end in their order.
          if (delay_ms > 0) setTimeout(() => other.writable && other.write(piece), delay_ms).unref();
          else other.write(piece);
        });
        from.on('end', () => !proxy.ways.isDeaf && other.end());
      }
    });
    const proxy = new RedisProxy(server, open, () => taken);
    Object.assign(proxy.ways, ways);
    return proxy;
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Closes all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await this.#server.close();
  }
}
