// The other ends of a test's datagrams: UDP sockets by direct calls, with no engine.
import {
  ADDRESS_SIZE,
  AF_INET,
  AF_INET6,
  type Endpoint,
  packAddress,
  unpackAddress,
} from '../../../src/linux/addresses.js';
import { errorName } from '../../../src/linux/error-name.js';
import * as libc from '../../../src/linux/libc.js';
import { mapMemory } from '../../../src/linux/memory.js';
import { bindTo, closeFd, localEndpoint, SOCK_NONBLOCK_CLOEXEC } from '../../../src/linux/sockets.js';
import { awaitReady, IPV4, POLLIN, readNow } from '../peers.js';

const SOCK_DGRAM = 2;

/** A UDP socket with a port of its own. */
export function udpSocket(ip: Uint8Array = IPV4, port = 0): { fd: number; local: Endpoint; packed: Uint8Array } {
  const fd = libc.socket(ip.length === 4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`socket: ${errorName(fd)}`);
  const result = bindTo(fd, ip, port);
  if (result < 0) throw new Error(`bind: ${errorName(result)}`);
  const local = localEndpoint(fd);
  if (typeof local === 'number') throw new Error(`getsockname: ${errorName(local)}`);
  return { fd, local, packed: packAddress(local.ip, local.port) };
}

/** A port at which nobody is: it was free a moment ago. */
export function closedUdpPort(ip: Uint8Array = IPV4): number {
  const { fd, local } = udpSocket(ip);
  closeFd(fd);
  return local.port;
}

/** A struct msghdr at 0, the address at NAME, the one piece at PIECE, its bytes at BYTES. */
const NAME = 64;
const PIECE = 96;
const BYTES = 128;
const message = mapMemory(BYTES + 65_536);
const view = new DataView(message.bytes.buffer);

/** Datagrams from `fd`, one by one. */
export function sendTo(fd: number, packed: Uint8Array, ...datagrams: readonly Uint8Array[]): void {
  message.bytes.set(packed, NAME);
  view.setUint32(40, 0, true);
  view.setBigUint64(0, BigInt(message.address + NAME), true);
  view.setUint32(8, packed.length, true);
  view.setBigUint64(16, BigInt(message.address + PIECE), true);
  view.setUint32(24, 1, true);
  view.setBigUint64(PIECE, BigInt(message.address + BYTES), true);
  for (const datagram of datagrams) {
    message.bytes.set(datagram, BYTES);
    view.setUint32(PIECE + 8, datagram.length, true);
    const result = libc.sendmsg(fd, message.address, 0);
    if (result !== datagram.length) throw new Error(`sendmsg: ${errorName(result)}`);
  }
}

/** The next so many datagrams, as text. */
export function readDatagrams(fd: number, count: number): string[] {
  const datagrams: string[] = [];
  while (datagrams.length < count) {
    awaitReady(fd, POLLIN);
    const datagram = readNow(fd);
    if (typeof datagram === 'number') throw new Error(`recv: ${errorName(datagram)}`);
    datagrams.push(datagram.toString('latin1'));
  }
  return datagrams;
}

/** The next datagram as text, and who has sent it. */
export function readFrom(fd: number): { readonly text: string; readonly from: Endpoint; readonly packed: Uint8Array } {
  awaitReady(fd, POLLIN);
  view.setBigUint64(0, BigInt(message.address + NAME), true);
  view.setUint32(8, ADDRESS_SIZE, true);
  view.setBigUint64(16, BigInt(message.address + PIECE), true);
  view.setUint32(24, 1, true);
  view.setBigUint64(32, 0n, true);
  view.setBigUint64(40, 0n, true);
  view.setBigUint64(PIECE, BigInt(message.address + BYTES), true);
  view.setUint32(PIECE + 8, 65_536, true);
  const result = libc.recvmsg(fd, message.address, 0);
  if (result < 0) throw new Error(`recvmsg: ${errorName(result)}`);
  const from = unpackAddress(message.bytes.slice(NAME, NAME + ADDRESS_SIZE));
  const text = Buffer.from(message.bytes.slice(BYTES, BYTES + result)).toString('latin1');
  return { text, from, packed: packAddress(from.ip, from.port) };
}
