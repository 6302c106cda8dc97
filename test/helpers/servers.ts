// Tiny servers on loopback for the far end of a test's connections. `close` also closes all accepted connections.
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { judgeEnd } from './false-end.js';
import { silence, unsilence } from './silence.js';
import { Peer } from './socks-peer.js';
import { until } from './until.js';

export class TestServer {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>, { address, port }: AddressInfo) {
    this.#server = server;
    this.#sockets = sockets;
    this.host = address;
    this.port = port;
  }

  static async listen(serve: (socket: Socket) => void, host = '127.0.0.1', port = 0): Promise<TestServer> {
    return TestServer.of(createServer({ allowHalfOpen: true, noDelay: true }, serve), host, port);
  }

  static async of(server: Server, host = '127.0.0.1', port = 0): Promise<TestServer> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      socket.on('end', () => judgeEnd(socket, () => {}));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog: 4096 }, resolve);
    });
    return new TestServer(server, sockets, server.address() as AddressInfo);
  }

  /** Number of open connections. */
  get open(): number {
    return this.#sockets.size;
  }

  /** No packet reaches it or its connections any more, as behind a dead line, or all do again. */
  silence(isSilent: boolean): void {
    for (const socket of [this.#server, ...this.#sockets]) {
      const fd = (socket as { _handle?: { fd: number } })._handle?.fd ?? -1;
      if (fd >= 0) (isSilent ? silence : unsilence)(fd);
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** Sends back what it receives, and ends when the other side ends. */
export function echoServer(host?: string): Promise<TestServer> {
  return TestServer.listen((socket) => socket.pipe(socket), host);
}

/** Speaks first, as SSH and mail servers do, and then sends back what it receives. */
export function bannerServer(banner: string, host?: string): Promise<TestServer> {
  return TestServer.listen((socket) => {
    socket.write(banner);
    socket.pipe(socket);
  }, host);
}

/** Takes connections and reads all bytes, and sends nothing. */
export function silentServer(host?: string): Promise<TestServer> {
  return TestServer.listen((socket) => socket.resume(), host);
}

/** Answers each request with its method, path and body. */
export function httpServer(host: string): Promise<TestServer> {
  const server = createHttpServer((request, response) => {
    response.setHeader('connection', 'close');
    response.write(`${request.method} ${request.url} `);
    request.pipe(response);
  });
  return TestServer.of(server, host);
}

/** Leaves everything to the test: `accepted` gives a connection by its number in the order of arrival. */
export class PeerServer {
  readonly peers: Peer[] = [];
  #server: TestServer | undefined;

  static async listen(host?: string, port?: number): Promise<PeerServer> {
    const server = new PeerServer();
    server.#server = await TestServer.listen((socket) => server.peers.push(new Peer(socket)), host, port);
    return server;
  }

  get host(): string {
    return (this.#server as TestServer).host;
  }

  get port(): number {
    return (this.#server as TestServer).port;
  }

  async accepted(index = 0): Promise<Peer> {
    await until(`connection ${index} came`, () => this.peers.length > index);
    return this.peers[index];
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}
