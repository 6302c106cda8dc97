// A SOCKS5 proxy on loopback that relays datagrams (RFC 1928 section 7), with one trick. Written from the RFC and not with the
// gateway's codecs, so that both cannot share a mistake. It resolves no names: each stands for this machine.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIPv4, type Socket } from 'node:net';
import { TestServer } from '../servers.js';
import { Peer } from '../socks-peer.js';

export type UdpTrick =
  | 'works'
  /** Answers UDP ASSOCIATE with this REP. */
  | { readonly rep: number }
  /** Does not answer UDP ASSOCIATE. */
  | 'hangs'
  /** Ends the connection in place of a reply. */
  | 'hangs-up'
  /** Ends the connection behind a reply of success. */
  | 'leaves'
  /** Says something else behind a reply of success. */
  | { readonly says: Uint8Array }
  /** Tells another address: ATYP, BND.ADDR and BND.PORT. `port`: where it takes datagrams. */
  | { readonly bound: (port: number) => readonly number[] }
  /** Passes nothing on. */
  | 'swallows'
  /** Sends these to its client in place of a datagram, whose header is in front of it. */
  | { readonly answers: (datagram: Buffer, header: number) => readonly Uint8Array[] };

const CONNECT = 1;
const ASSOCIATE = 3;
const SUCCESS = [5, 0, 0];
const NOWHERE = [1, 0, 0, 0, 0, 0, 0];
const PASSWORD = 2;
const RSV_AND_FRAG = 3;

interface Association {
  readonly control: Peer;
  readonly inner: UdpSocket;
  readonly outer: UdpSocket;
}

export class UdpProxy {
  /** For later associations, and for what goes down in those that are open. */
  trick: UdpTrick;
  /** Connections so far. */
  count = 0;
  /** What it was asked for: `connect HOST:PORT` and `associate HOST:PORT`. */
  readonly asked: string[] = [];
  /** The methods of the greetings. */
  readonly greetings: number[][] = [];
  /** Where datagrams were to go, as their headers say. */
  readonly sent: string[] = [];
  readonly #password: string | undefined;
  readonly #associations = new Set<Association>();
  readonly #ways = new Set<Socket>();
  #server: TestServer | undefined;

  private constructor(trick: UdpTrick, password: string | undefined) {
    this.trick = trick;
    this.#password = password;
  }

  static async listen(trick: UdpTrick = 'works', { password }: { readonly password?: string } = {}): Promise<UdpProxy> {
    const proxy = new UdpProxy(trick, password);
    proxy.#server = await TestServer.listen((socket) => {
      proxy.count += 1;
      proxy.#serve(new Peer(socket)).catch(() => socket.destroy());
    });
    return proxy;
  }

  get port(): number {
    return (this.#server as TestServer).port;
  }

  /** This proxy as a line of the configuration. */
  get line(): object {
    const credentials = this.#password === undefined ? {} : { username: 'user', password: this.#password };
    return { type: 'socks5', host: '127.0.0.1', port: this.port, ...credentials };
  }

  /** Associations that are open. */
  get open(): number {
    return this.#associations.size;
  }

  /** Ends the control connections of all associations; `how`: by FIN, or by RST. */
  endAssociations(how: 'end' | 'reset' = 'end'): void {
    for (const { control } of this.#associations) control[how]();
  }

  /** Closes the port of each association, so that datagrams to it meet an ICMP error, and keeps its control connection. */
  closeRelays(): void {
    for (const { inner } of this.#associations) inner.close();
  }

  async #serve(peer: Peer): Promise<void> {
    const [, count] = await peer.read(2);
    const methods = [...(await peer.read(count))];
    this.greetings.push(methods);
    const method = this.#password === undefined ? 0 : PASSWORD;
    peer.send(Buffer.from([5, methods.includes(method) ? method : 0xff]));
    if (method === PASSWORD && !(await this.#isRight(peer))) return peer.end();
    const head = await peer.read(3);
    const { host, port } = await readAddress(peer);
    if (head[1] === CONNECT) this.#connect(peer, host, port);
    else if (head[1] === ASSOCIATE) await this.#associate(peer, host, port);
    else peer.send(Buffer.from([5, 7, 0, ...NOWHERE]));
  }

  async #isRight(peer: Peer): Promise<boolean> {
    const [, length] = await peer.read(2);
    const [size] = (await peer.read(length + 1)).subarray(length);
    const isRight = (await peer.read(size)).toString() === this.#password;
    peer.send(Buffer.from([1, isRight ? 0 : 1]));
    return isRight;
  }

  #connect(peer: Peer, host: string, port: number): void {
    this.asked.push(`connect ${host}:${port}`);
    const way = connect({ host: here(host), port, allowHalfOpen: true });
    this.#ways.add(way);
    way.once('close', () => {
      this.#ways.delete(way);
      peer.end();
    });
    way.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') peer.send(Buffer.from([5, 5, 0, ...NOWHERE]));
    });
    peer.socket.once('close', () => way.destroy());
    way.once('connect', () => {
      peer.send(Buffer.from([...SUCCESS, ...NOWHERE]));
      peer.socket.removeAllListeners('data');
      way.write(peer.take());
      peer.socket.pipe(way).pipe(peer.socket);
    });
  }

  async #associate(peer: Peer, host: string, port: number): Promise<void> {
    this.asked.push(`associate ${host}:${port}`);
    const { trick } = this;
    if (trick === 'hangs') return;
    if (trick === 'hangs-up') return peer.end();
    if (typeof trick === 'object' && 'rep' in trick) return peer.send(Buffer.from([5, trick.rep, 0, ...NOWHERE]));
    const [inner, outer] = [await bound(), await bound()];
    const association = { control: peer, inner, outer };
    this.#associations.add(association);
    peer.socket.once('close', () => this.#close(association));
    peer.socket.once('end', () => peer.close());
    let client: { readonly address: string; readonly port: number } | undefined;
    inner.on('message', (datagram, from) => {
      client ??= from;
      const to = headerOf(datagram);
      if (to === undefined || from.port !== client.port) return;
      this.sent.push(`${to.host}:${to.port}`);
      if (this.trick === 'swallows') return;
      outer.send(datagram.subarray(to.size), to.port, here(to.host), () => {});
    });
    outer.on('message', (bytes, { address, port: source }) => {
      if (client === undefined) return;
      const header = Buffer.from([0, 0, 0, 1, ...address.split('.').map(Number), source >> 8, source & 255]);
      const datagram = Buffer.concat([header, bytes]);
      const answers =
        typeof this.trick === 'object' && 'answers' in this.trick
          ? this.trick.answers(datagram, header.length)
          : [datagram];
      for (const answer of answers) inner.send(answer, client.port, client.address, () => {});
    });
    const at = inner.address().port;
    const told = typeof trick === 'object' && 'bound' in trick ? trick.bound(at) : [1, 127, 0, 0, 1, at >> 8, at & 255];
    peer.send(Buffer.from([...SUCCESS, ...told]));
    if (typeof trick === 'object' && 'says' in trick) peer.send(trick.says);
    if (trick === 'leaves') peer.end();
  }

  #close(association: Association): void {
    this.#associations.delete(association);
    for (const socket of [association.inner, association.outer])
      try {
        socket.close();
      } catch {
        // `closeRelays` has closed it.
      }
  }

  async close(): Promise<void> {
    for (const way of this.#ways) way.destroy();
    for (const association of this.#associations) this.#close(association);
    await this.#server?.close();
  }
}

async function bound(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.on('error', () => {});
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** Names stand for this machine. */
const here = (host: string): string => (isIPv4(host) ? host : '127.0.0.1');

async function readAddress(peer: Peer): Promise<{ readonly host: string; readonly port: number }> {
  const [type, first] = await peer.read(2);
  const rest = await peer.read(type === 1 ? 3 : type === 4 ? 15 : first);
  const port = (await peer.read(2)).readUInt16BE();
  if (type === 3) return { host: rest.toString(), port };
  const ip = Buffer.from([first, ...rest]);
  return { host: type === 1 ? ip.join('.') : ip.toString('hex'), port };
}

/** Undefined for a fragment, and for what is no header. */
function headerOf(
  datagram: Buffer,
): { readonly host: string; readonly port: number; readonly size: number } | undefined {
  const [, , fragment, type, first = 0] = datagram;
  const size = { 1: 10, 3: 7 + first, 4: 22 }[type ?? 0];
  if (fragment !== 0 || size === undefined || datagram.length < size) return undefined;
  const address = datagram.subarray(RSV_AND_FRAG + 1, size - 2);
  const host = type === 1 ? address.join('.') : type === 3 ? address.toString('latin1', 1) : address.toString('hex');
  return { host, port: datagram.readUInt16BE(size - 2), size };
}
