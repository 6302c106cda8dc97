// A local port in front of a SOCKS5 proxy, for programs that do not speak SOCKS5's UDP, such as gtlsclient, dig and iperf3: the
// datagrams of each program's socket go through an association of their own to one destination, and its answers come back.
// TCP connections to the same port go there too, which iperf3 needs. As a program: shim-worker.ts.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6, type Socket } from 'node:net';
import { resetSocket } from '../../../src/dial/reset.js';
import { TestServer } from '../servers.js';
import type { Destination } from '../socks-client.js';
import { askProxy, type SocksServer, UdpAssociation } from './client.js';

/** Datagrams that wait for their association. */
const WAITING_MAX = 100;
const SENDERS_MAX = 1000;

interface Sender {
  association: UdpAssociation | undefined;
  readonly waiting: Buffer[];
}

export interface ShimOptions {
  /** Where programs send to; a port that is free by default. */
  readonly port?: number;
  /** ::1 for programs that want IPv6. */
  readonly host?: '127.0.0.1' | '::1';
}

export class UdpShim {
  readonly host: string;
  readonly port: number;
  /** Datagrams that programs have sent, and that have come for them. */
  up = 0;
  down = 0;
  /** When the first of each came (performance.now). */
  firstUp_ms: number | undefined;
  firstDown_ms: number | undefined;
  /** Why datagrams of programs were dropped: refusals of the proxy. */
  readonly failures: string[] = [];
  readonly #proxy: SocksServer;
  readonly #destination: Destination;
  readonly #socket: UdpSocket;
  readonly #tcp: TestServer;
  readonly #senders = new Map<string, Sender>();
  /** Made before the first program has sent anything, so that its first datagram does not wait for it. */
  #spare: UdpAssociation | undefined;
  #isClosed = false;

  private constructor(proxy: SocksServer, destination: Destination, socket: UdpSocket, tcp: TestServer) {
    this.host = tcp.host;
    this.port = tcp.port;
    this.#proxy = proxy;
    this.#destination = destination;
    this.#socket = socket;
    this.#tcp = tcp;
    socket.on('message', (bytes, from) => this.#sent(bytes, from));
    // A program has closed its socket.
    socket.on('error', () => {});
  }

  /** Throws an Error when the proxy refuses an association. */
  static async open(proxy: SocksServer, destination: Destination, options: ShimOptions = {}): Promise<UdpShim> {
    const { port = 0, host = '127.0.0.1' } = options;
    const spare = await UdpAssociation.open(proxy);
    const { tcp, socket } = await bothAt(port, host, (client) => void passOn(client, proxy, destination));
    const shim = new UdpShim(proxy, destination, socket, tcp);
    shim.#spare = spare;
    return shim;
  }

  /** Associations that programs have. */
  get senders(): number {
    return this.#senders.size;
  }

  #sent(bytes: Buffer, { address, port }: RemoteInfo): void {
    this.up += 1;
    this.firstUp_ms ??= performance.now();
    const name = `${address} ${port}`;
    const sender = this.#senders.get(name);
    if (sender?.association !== undefined) sender.association.send(this.#destination, bytes);
    else if (sender !== undefined) {
      if (sender.waiting.length < WAITING_MAX) sender.waiting.push(bytes);
    } else if (this.#senders.size < SENDERS_MAX) {
      const begun: Sender = { association: undefined, waiting: [bytes] };
      this.#senders.set(name, begun);
      void this.#serve(name, begun, port, address);
    }
  }

  async #serve(name: string, sender: Sender, port: number, address: string): Promise<void> {
    const spare = this.#spare;
    this.#spare = undefined;
    try {
      const association = spare ?? (await UdpAssociation.open(this.#proxy));
      if (this.#isClosed) return await association.close();
      sender.association = association;
      association.onDatagram = ({ bytes }) => {
        this.down += 1;
        this.firstDown_ms ??= performance.now();
        this.#socket.send(bytes, port, address, () => {});
      };
      for (const bytes of sender.waiting) association.send(this.#destination, bytes);
      // The program's next datagram begins another one.
      const ending = await association.over;
      if (this.#isClosed) return;
      this.failures.push(`the proxy ended the association: ${ending}`);
      await association.close();
    } catch (error) {
      this.failures.push((error as Error).message);
    }
    this.#senders.delete(name);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const associations = [this.#spare, ...[...this.#senders.values()].map(({ association }) => association)];
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await Promise.all([closed, this.#tcp.close(), ...associations.map((association) => association?.close())]);
  }
}

/** A port of TCP may be taken for UDP. */
const TRIES_MAX = 20;

/** Listens and binds at one port, of the kernel's choice for 0. */
async function bothAt(
  port: number,
  host: string,
  serve: (client: Socket) => void,
): Promise<{ readonly tcp: TestServer; readonly socket: UdpSocket }> {
  for (let tries = 1; ; tries += 1) {
    const tcp = await TestServer.listen(serve, host, port);
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
    try {
      socket.bind(tcp.port, host);
      await once(socket, 'listening');
      return { tcp, socket };
    } catch (error) {
      socket.close();
      await tcp.close();
      if (port !== 0 || tries === TRIES_MAX) throw error;
    }
  }
}

/** A TCP connection to the destination, through the same proxy. */
async function passOn(client: Socket, proxy: SocksServer, destination: Destination): Promise<void> {
  try {
    const { control, reply } = await askProxy(proxy, destination);
    if (reply.rep !== 0) throw new Error(`REP ${reply.rep}`);
    const { socket } = control;
    socket.once('close', (broke) => (broke ? resetSocket(client) : client.destroy()));
    client.once('close', (broke) => (broke ? resetSocket(socket) : socket.destroy()));
    client.write(control.take());
    client.pipe(socket).pipe(client);
  } catch {
    resetSocket(client);
  }
}
