// Answers any ClientHello with the beginning of a ServerHello, as a TLS server would, for next to nothing: a real handshake costs
// more than all else, and a busy server would look like a faulty line.
import { createServer, type Server, type Socket } from 'node:net';

/** A handshake record (RFC 8446 section 5.1) with the head of a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 4, 2, 0, 0, 76]);
const BACKLOG = 4096;

export class HelloServer {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
      socket.once('data', () => socket.write(ANSWER));
    });
  }

  static async listen(): Promise<HelloServer> {
    const one = new HelloServer();
    await new Promise<void>((resolve, reject) => {
      one.#server.once('error', reject);
      one.#server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () => resolve());
    });
    return one;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
