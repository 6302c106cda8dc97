// A SOCKS5 proxy on loopback, with or without a password. It passes CONNECTs on, and records their destinations and source
// addresses. For tests only.
import { connect, createServer, type Server, type Socket } from 'node:net';
import { formatIp } from '../../src/protocol/address/address.js';

export interface Passed {
  readonly host: string;
  readonly port: number;
  readonly from: string;
}

/** How a line behaves: how long a CONNECT takes, and how many bytes a second come back. */
export interface Pace {
  readonly connect_ms?: number;
  readonly bytes_s?: number;
  /** What a CONNECT to that host waits for besides. */
  readonly before?: (host: string) => Promise<void>;
}

export class SocksProxy {
  readonly passed: Passed[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #password: string | undefined;
  /** Hosts that are passed on to another address. */
  readonly #names: Readonly<Record<string, string>>;

  readonly #pace: Pace;

  private constructor(password: string | undefined, names: Readonly<Record<string, string>>, pace: Pace) {
    this.#pace = pace;
    this.#password = password;
    this.#names = names;
    this.#server = createServer((client) => void this.#serve(client).catch(() => client.destroy()));
  }

  static async start(
    password?: string,
    names: Readonly<Record<string, string>> = {},
    pace: Pace = {},
  ): Promise<SocksProxy> {
    const proxy = new SocksProxy(password, names, pace);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(client: Socket): Promise<void> {
    this.#keep(client);
    const [, methods = 0] = await octets(client, 2);
    await octets(client, methods);
    client.write(Buffer.from([5, this.#password === undefined ? 0 : 2]));
    if (this.#password !== undefined) {
      const [, user = 0] = await octets(client, 2);
      const [length = 0] = (await octets(client, user + 1)).subarray(user);
      const password = (await octets(client, length)).toString();
      client.write(Buffer.from([1, password === this.#password ? 0 : 1]));
      if (password !== this.#password) return;
    }
    const [, , , type = 0] = await octets(client, 4);
    const host = await this.#host(client, type);
    const port = (await octets(client, 2)).readUInt16BE(0);
    this.passed.push({ host, port, from: client.remoteAddress ?? '' });
    const server = connect(port, this.#names[host] ?? host);
    this.#keep(server);
    server.once('connect', () => {
      const { connect_ms = 0, bytes_s, before } = this.#pace;
      const connected = (): void => {
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        client.pipe(server);
        if (bytes_s === undefined) server.pipe(client);
        else trickle(server, client, bytes_s);
      };
      const paced = (): void => {
        if (connect_ms === 0) connected();
        else setTimeout(connected, connect_ms);
      };
      if (before === undefined) paced();
      else void before(host).then(paced);
    });
    server.once('close', () => client.destroy());
    client.once('close', () => server.destroy());
  }

  async #host(client: Socket, type: number): Promise<string> {
    if (type === 3) return (await octets(client, (await octets(client, 1))[0] as number)).toString();
    return formatIp(await octets(client, type === 4 ? 16 : 4));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

/** Passes on so many bytes a second, and the end. */
function trickle(from: Socket, to: Socket, bytes_s: number): void {
  from.on('data', (bytes: Buffer) => {
    from.pause();
    if (!to.destroyed) to.write(bytes);
    setTimeout(() => from.resume(), (bytes.length * 1000) / bytes_s);
  });
  from.once('end', () => to.end());
}

async function octets(socket: Socket, count: number): Promise<Buffer> {
  if (count === 0) return Buffer.alloc(0);
  for (;;) {
    const read = socket.read(count) as Buffer | null;
    if (read !== null) return read;
    await new Promise<void>((resolve, reject) => {
      socket.once('readable', resolve);
      socket.once('close', () => reject(new Error('closed')));
    });
  }
}
