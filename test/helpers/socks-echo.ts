// An echo server, and clients that reach it through a SOCKS5 gateway and tell how their connection ended.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export async function startEcho(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: false }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export class EchoClient {
  readonly #socket: Socket;
  /** 'end' for a clean end, the error's code otherwise. */
  readonly ended: Promise<string>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      let error: string | undefined;
      socket.on('error', ({ code }: NodeJS.ErrnoException) => {
        error = code;
      });
      socket.on('close', () => resolve(error ?? 'end'));
    });
  }

  /** Connects to 127.0.0.1:`target` through the gateway; rejects when it refuses. */
  static async open(gateway: number, target: number): Promise<EchoClient> {
    const socket = connect(gateway, '127.0.0.1');
    const client = new EchoClient(socket);
    socket.write(Uint8Array.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, target >> 8, target & 255]));
    const reply = await client.#read(12);
    if (reply[3] !== 0) throw new Error(`the gateway answered ${reply.toString('hex')}`);
    return client;
  }

  /** Resolves when the text has come back. */
  async echo(text: string): Promise<void> {
    this.#socket.write(text);
    const back = (await this.#read(Buffer.byteLength(text))).toString();
    if (back !== text) throw new Error(`${back} instead of ${text}`);
  }

  #read(size: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let length = 0;
      const take = (part: Buffer): void => {
        parts.push(part);
        length += part.length;
        if (length < size) return;
        this.#socket.off('data', take);
        resolve(Buffer.concat(parts));
      };
      this.#socket.on('data', take);
      this.ended.then((how) => reject(new Error(`ended with ${how}`)));
    });
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await this.ended;
  }
}
