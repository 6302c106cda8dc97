// TLS in front of another server, as HAProxy or stunnel do it for an HTTP proxy: Node's own, with a certificate for a name.
import { connect, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { resetSocket } from '../../src/dial/reset.js';
import { certificateFor } from './certificate.js';
import { TestServer } from './servers.js';

export class TlsFront {
  readonly ca: string;
  /** The names that clients asked for (SNI); `false` for none. */
  readonly names: (string | false)[] = [];
  readonly #server: TestServer;
  readonly #sockets: Socket[] = [];
  /** Codes of the errors with which connections of clients ended. */
  readonly errors: (string | undefined)[] = [];
  /** What it holds towards clients. */
  readonly secured: TLSSocket[] = [];

  private constructor(server: TestServer, ca: string) {
    this.#server = server;
    this.ca = ca;
  }

  /** Passes what is inside on to this port. */
  static async listen(port: number, name = 'proxy.test'): Promise<TlsFront> {
    const { key, cert } = certificateFor(name);
    let front: TlsFront | undefined;
    const server = createServer({ key, cert, allowHalfOpen: true }, (socket) => front?.serve(socket, port));
    server.on('tlsClientError', () => {});
    front = new TlsFront(await TestServer.of(server), cert);
    return front;
  }

  get port(): number {
    return this.#server.port;
  }

  get open(): number {
    return this.#server.open;
  }

  /** See `TestServer.silence`. */
  silence(isSilent: boolean): void {
    this.#server.silence(isSilent);
  }

  serve(socket: TLSSocket, port: number): void {
    this.names.push((socket as { servername?: string | false }).servername ?? false);
    this.secured.push(socket);
    const way = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.#sockets.push(way);
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      this.errors.push(code);
      resetSocket(way);
    });
    for (const [one, other] of [
      [socket, way],
      [way, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  }

  async close(): Promise<void> {
    for (const socket of [...this.#sockets, ...this.secured]) socket.destroy();
    await this.#server.close();
  }
}
