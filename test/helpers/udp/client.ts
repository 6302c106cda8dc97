// A SOCKS5 client of UDP (RFC 1928 section 7) that sends exactly the datagrams that a test wants. Written from the RFC and not
// with the gateway's codecs, so that both cannot share a mistake.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { type Destination, greeting, NO_AUTHENTICATION, type Reply, readReply, request } from '../socks-client.js';
import { Peer } from '../socks-peer.js';

const UDP_ASSOCIATE = 3;
const PASSWORD = 2;
/** RSV and FRAG in front of the address. */
const HEAD_SIZE = 3;
/** Datagrams that nobody has read yet. */
const UNREAD_MAX = 10_000;
const PATIENCE_MS = 10_000;

export interface SocksServer extends Destination {
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

export interface Datagram {
  /** Who sent it, as the proxy says: dotted, or eight groups in hexadecimal. */
  readonly host: string;
  readonly port: number;
  readonly bytes: Buffer;
}

/** The header of a request or reply of UDP, without its data. */
export function udpHeader(destination: Destination, fragment = 0): Buffer {
  // A request of TCP has VER, CMD and RSV in front of the same address.
  return Buffer.concat([Buffer.from([0, 0, fragment]), request(destination).subarray(HEAD_SIZE)]);
}

/** Throws an Error where the datagram has no valid header. */
export function readUdpHeader(datagram: Buffer): Datagram & { readonly fragment: number } {
  const [, , fragment = 0, type = 0, first = 0] = datagram;
  const size = { 1: 4, 3: 1 + first, 4: 16 }[type];
  if (size === undefined || datagram.length < HEAD_SIZE + 1 + size + 2 || datagram.readUInt16BE(0) !== 0)
    throw new Error(`no header of UDP: ${datagram.subarray(0, 32).toString('hex')}`);
  const address = datagram.subarray(HEAD_SIZE + 1, HEAD_SIZE + 1 + size);
  const host = type === 1 ? address.join('.') : type === 3 ? address.toString('utf8', 1) : groupsOf(address);
  const end = HEAD_SIZE + 1 + size;
  return { host, port: datagram.readUInt16BE(end), bytes: datagram.subarray(end + 2), fragment };
}

const groupsOf = (ip: Buffer): string => ip.toString('hex').replace(/(....)(?!$)/g, '$1:');

export interface Asked {
  readonly control: Peer;
  readonly reply: Reply;
}

/** Goes through the handshake, and asks for a connection to `destination`, or for what another command says of it. */
export async function askProxy(
  { host, port, credentials }: SocksServer,
  destination: Destination,
  command = 1,
): Promise<Asked> {
  const control = await Peer.connect(port, host);
  try {
    await greet(control, credentials);
    control.send(request(destination, command));
    return { control, reply: await readReply(control) };
  } catch (error) {
    control.close();
    throw error;
  }
}

/** Asks for an association. `declared`: where the client says that it sends from. */
export const associate = (proxy: SocksServer, declared?: Destination): Promise<Asked> =>
  askProxy(proxy, declared ?? { host: isIPv6(proxy.host) ? '::' : '0.0.0.0', port: 0 }, UDP_ASSOCIATE);

async function greet(control: Peer, credentials: SocksServer['credentials']): Promise<void> {
  control.send(greeting([credentials === undefined ? 0 : PASSWORD]));
  const chosen = await control.read(2);
  if (credentials === undefined) {
    if (!chosen.equals(NO_AUTHENTICATION)) throw new Error(`method ${chosen.toString('hex')}`);
    return;
  }
  if (chosen[1] !== PASSWORD) throw new Error(`method ${chosen.toString('hex')}`);
  const [name, password] = [Buffer.from(credentials.username), Buffer.from(credentials.password)];
  control.send(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]));
  const [, status] = await control.read(2);
  if (status !== 0) throw new Error(`status ${status}`);
}

/** An association: its control connection, and a socket whose datagrams go to the proxy's port. */
export class UdpAssociation {
  readonly control: Peer;
  readonly socket: Socket;
  /** Where the proxy takes datagrams. */
  readonly relay: Destination;
  /** Resolves when the control connection has ended, with how it ended. */
  readonly over: Promise<string>;
  /** Called for each datagram instead of `read`. */
  onDatagram: ((datagram: Datagram) => void) | undefined;
  readonly #unread: Datagram[] = [];
  #waiting: (() => void) | undefined;

  private constructor(control: Peer, socket: Socket, relay: Destination) {
    this.control = control;
    this.socket = socket;
    this.relay = relay;
    this.over = new Promise((resolve) => {
      const ended = (): void => resolve(control.ending);
      control.socket.once('end', ended).once('close', ended);
    });
    socket.on('message', (message) => this.#came(readUdpHeader(message)));
    // An ICMP error of the relay's port: the proxy has closed it, which the control connection tells.
    socket.on('error', () => {});
  }

  /** Throws an Error when the proxy refuses. */
  static async open(proxy: SocksServer): Promise<UdpAssociation> {
    const { control, reply } = await associate(proxy);
    if (reply.rep !== 0) {
      control.close();
      throw new Error(`REP ${reply.rep}`);
    }
    const isSix = reply.host.length === 32;
    const bound = isSix ? groupsOf(Buffer.from(reply.host, 'hex')) : reply.host;
    // The proxy's own address, where it names none.
    const host = /^[0:.]+$/.test(bound) ? proxy.host : bound;
    const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4', recvBufferSize: 1 << 20 });
    // The client's datagrams come from the address of its control connection.
    socket.bind(0, control.socket.localAddress);
    await once(socket, 'listening');
    socket.connect(reply.port, host);
    await once(socket, 'connect');
    return new UdpAssociation(control, socket, { host, port: reply.port });
  }

  send(destination: Destination, bytes: Uint8Array | string): void {
    this.sendRaw(Buffer.concat([udpHeader(destination), typeof bytes === 'string' ? Buffer.from(bytes) : bytes]));
  }

  /** Sends a datagram that has its header, or none. */
  sendRaw(datagram: Uint8Array): void {
    this.socket.send(datagram, () => {});
  }

  /** Waits for the next datagram and takes it. */
  async read(): Promise<Datagram> {
    if (this.#unread.length === 0) {
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no datagram within ${PATIENCE_MS} ms`)), PATIENCE_MS);
        this.#waiting = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    return this.#unread.shift() as Datagram;
  }

  /** Number of datagrams that have come and were not read. */
  get waiting(): number {
    return this.#unread.length;
  }

  #came(datagram: Datagram): void {
    if (this.onDatagram !== undefined) {
      this.onDatagram(datagram);
      return;
    }
    if (this.#unread.length < UNREAD_MAX) this.#unread.push(datagram);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  async close(): Promise<void> {
    this.control.close();
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }
}
