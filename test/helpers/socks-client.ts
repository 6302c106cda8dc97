// A SOCKS5 client (RFC 1928) that sends exactly the bytes that a test wants. Written from the RFC and not with the gateway's
// codecs, so that both cannot share a mistake.
import { isIPv4, isIPv6 } from 'node:net';
import { Peer } from './socks-peer.js';

export const NO_AUTHENTICATION = Buffer.from([5, 0]);

export function greeting(methods: readonly number[] = [0]): Buffer {
  return Buffer.from([5, methods.length, ...methods]);
}

export interface Destination {
  readonly host: string;
  readonly port: number;
}

export function request({ host, port }: Destination, command = 1): Buffer {
  return Buffer.concat([Buffer.from([5, command, 0]), address(host), Buffer.from([port >> 8, port & 255])]);
}

function address(host: string): Buffer {
  if (isIPv4(host)) return Buffer.from([1, ...host.split('.').map(Number)]);
  if (isIPv6(host) && !host.includes('%')) return Buffer.from([4, ...ipv6Bytes(host)]);
  return Buffer.concat([Buffer.from([3, Buffer.byteLength(host)]), Buffer.from(host)]);
}

function ipv6Bytes(text: string): number[] {
  const [head, tail = ''] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = text.includes('::') ? new Array(8 - before.length - after.length).fill(0) : [];
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]);
}

export interface Reply {
  readonly rep: number;
  /** BND.ADDR as text: dotted, or eight groups in hexadecimal. */
  readonly host: string;
  readonly port: number;
}

export async function readReply(peer: Peer): Promise<Reply> {
  const [version, rep, reserved, type] = await peer.read(4);
  if (version !== 5 || reserved !== 0) throw new Error(`no reply: ${version} ${rep} ${reserved}`);
  const bytes = await peer.read(type === 1 ? 4 : 16);
  const host = type === 1 ? bytes.join('.') : bytes.toString('hex');
  return { rep, host, port: (await peer.read(2)).readUInt16BE() };
}

export interface Dialled {
  readonly peer: Peer;
  readonly reply: Reply;
}

/**
 * Goes through the whole handshake, one message at a time. `gateway`: its port at 127.0.0.1, or the path of its socket. `from`:
 * the address to come from.
 */
export async function dial(gateway: number | string, destination: Destination, from?: string): Promise<Dialled> {
  return ask(await Peer.connect(gateway, '127.0.0.1', from), destination);
}

/** The same as `dial`, for a peer that is connected. */
export async function ask(peer: Peer, destination: Destination): Promise<Dialled> {
  peer.send(greeting());
  const chosen = await peer.read(2);
  if (!chosen.equals(NO_AUTHENTICATION)) throw new Error(`method ${chosen.toString('hex')}`);
  peer.send(request(destination));
  return { peer, reply: await readReply(peer) };
}

/** An established connection through the gateway. Throws an Error when the gateway refuses. */
export async function through(gateway: number | string, destination: Destination): Promise<Peer> {
  const { peer, reply } = await dial(gateway, destination);
  if (reply.rep === 0) return peer;
  peer.close();
  throw new Error(`REP ${reply.rep}`);
}
