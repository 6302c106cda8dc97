// A UDP relay in front of a real server, with one trick for each address that asks: direct lines with sources of their own are told
// apart by it, so that each behaves as a network would that swallows, delays or forges. It counts what each has sent.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Forgery, forged } from './forgeries.js';

export type UdpTrick =
  | 'passes'
  | 'swallows'
  /** Swallows what the client sends after the server's first answer. */
  | 'swallows-later'
  /** Each answer comes so long after it was sent. */
  | { readonly late_ms: number }
  /** Answers with what is not authentic, and swallows; with `passes` the real answer follows. */
  | { readonly forges: readonly Forgery[]; readonly passes?: boolean };

interface Came {
  readonly from: string;
  readonly bytes: Buffer;
}

/** One sender. */
interface Way {
  readonly socket: Socket;
  answers: number;
}

export class TrickRelay {
  /** By the address of who asks; others are passed. */
  readonly tricks = new Map<string, UdpTrick>();
  /** What has come from clients, whatever became of it. */
  readonly came: Came[] = [];
  /** Answers of the server that have been passed, by the client's address. */
  readonly answers = new Map<string, number>();
  readonly host: string;
  readonly port: number;
  readonly #socket: Socket;
  readonly #server: { readonly host: string; readonly port: number };
  readonly #ways = new Map<string, Way>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isClosed = false;

  private constructor(socket: Socket, server: { readonly host: string; readonly port: number }) {
    this.#socket = socket;
    this.#server = server;
    const { address, port } = socket.address();
    this.host = address;
    this.port = port;
    socket.on('message', (bytes, from) => this.#take(bytes, from));
  }

  static async listen(
    server: { readonly host: string; readonly port: number },
    tricks: Readonly<Record<string, UdpTrick>> = {},
    host = '127.0.0.1',
    port = 0,
  ): Promise<TrickRelay> {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.bind(port, host);
    await once(socket, 'listening');
    const relay = new TrickRelay(socket, server);
    for (const [from, trick] of Object.entries(tricks)) relay.tricks.set(from, trick);
    return relay;
  }

  /** How many datagrams have come from an address. */
  count(from: string): number {
    return this.came.filter((one) => one.from === from).length;
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    this.came.push({ from: from.address, bytes });
    const trick = this.tricks.get(from.address) ?? 'passes';
    if (trick === 'swallows') return;
    const way = this.#wayOf(from, trick);
    if (trick === 'swallows-later' && way.answers > 0) return;
    if (typeof trick === 'object' && 'forges' in trick) {
      // Only long headers are answered: what follows has no ids to be read.
      if (way.answers === 0 && (bytes[0] & 0x80) !== 0)
        for (const kind of trick.forges) this.#socket.send(forged(kind, bytes), from.port, from.address);
      if (trick.passes !== true) return;
    }
    way.socket.send(bytes, this.#server.port, this.#server.host);
  }

  #wayOf(from: RemoteInfo, trick: UdpTrick): Way {
    const key = `${from.address}:${from.port}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    const way: Way = { socket: createSocket('udp4'), answers: 0 };
    this.#ways.set(key, way);
    way.socket.on('message', (answer) => {
      way.answers += 1;
      const pass = () => this.#pass(answer, from);
      if (typeof trick === 'object' && 'late_ms' in trick) this.#later(pass, trick.late_ms);
      else pass();
    });
    return way;
  }

  #later(pass: () => void, late_ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      pass();
    }, late_ms);
    this.#timers.add(timer);
  }

  #pass(answer: Buffer, { address, port }: RemoteInfo): void {
    if (this.#isClosed) return;
    this.answers.set(address, (this.answers.get(address) ?? 0) + 1);
    this.#socket.send(answer, port, address);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const sockets = [this.#socket, ...[...this.#ways.values()].map(({ socket }) => socket)];
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }
}
