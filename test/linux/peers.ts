// The other ends of a test's connections: plain sockets by direct calls, with no engine. What may take a moment waits
// in poll(2) with a limit; nothing here sleeps.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { packAddress } from '../../src/linux/addresses.js';
import { EAGAIN, EINPROGRESS } from '../../src/linux/errno.js';
import { errorName } from '../../src/linux/error-name.js';
import * as libc from '../../src/linux/libc.js';
import { mapMemory } from '../../src/linux/memory.js';
import { connectTo, listenOn, localEndpoint, openStream, pollNow, sendBytes } from '../../src/linux/sockets.js';
import { tcpInfo } from '../../src/linux/tcp-info.js';

export const IPV4 = new Uint8Array([127, 0, 0, 1]);
export const IPV6 = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

export const POLLIN = 1;
export const POLLOUT = 4;
const SOCK_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const READY_TIMEOUT_MS = 5000;
const READ_SIZE = 65536;

const pollfd = mapMemory(4096);
const readBuffer = mapMemory(READ_SIZE);

function must(what: string, result: number): number {
  if (result < 0) throw new Error(`${what}: ${errorName(result)}`);
  return result;
}

/** Waits until the fd is ready for one of the poll(2) events. */
export function awaitReady(fd: number, events: number): void {
  pollfd.ints[0] = fd;
  pollfd.words[1] = events;
  if (libc.poll(pollfd.address, 1, READY_TIMEOUT_MS) !== 1) throw new Error(`fd ${fd} never became ready`);
}

export function listening(ip: Uint8Array = IPV4, backlog = 512, at = 0): { fd: number; port: number } {
  const fd = must('listen', listenOn(ip, at, backlog, 0));
  const local = localEndpoint(fd);
  if (typeof local === 'number') throw new Error(`getsockname: ${errorName(local)}`);
  return { fd, port: local.port };
}

/** A socket on its way to `port`; on loopback it has arrived already when the backlog has room. */
export function connecting(port: number, ip: Uint8Array = IPV4): number {
  const fd = must('socket', openStream(ip.length));
  const result = connectTo(fd, packAddress(ip, port));
  if (result !== -EINPROGRESS) must('connect', result);
  return fd;
}

export function acceptFrom(listener: number): number {
  awaitReady(listener, POLLIN);
  return must('accept', libc.accept4(listener, 0, 0, SOCK_NONBLOCK_CLOEXEC));
}

/** Two ends of one loopback connection. */
export function connectedPair(ip: Uint8Array = IPV4): [number, number] {
  const { fd: listener, port } = listening(ip);
  const near = connecting(port, ip);
  const far = acceptFrom(listener);
  awaitReady(near, POLLOUT);
  libc.close(listener);
  return [near, far];
}

/** A port that refuses connections. */
export function deadPort(ip: Uint8Array = IPV4): number {
  const { fd, port } = listening(ip);
  libc.close(fd);
  return port;
}

/** A listener that answers no further SYN: its backlog is full. Everything that it needs is in `fds`. */
export function blackHole(at = 0, ip: Uint8Array = IPV4): { port: number; fds: number[] } {
  const { fd, port } = listening(ip, 0, at);
  const fds = [fd];
  for (let i = 0; i < 8; i += 1) {
    const filler = connecting(port, ip);
    if (pollNow(filler, POLLOUT) === 0) {
      libc.close(filler);
      return { port, fds };
    }
    fds.push(filler);
  }
  throw new Error('the backlog never filled up');
}

/** What can be read at once: bytes (none at the end of stream), or a negated errno. */
export function readNow(fd: number, size = READ_SIZE): Buffer | number {
  const count = libc.recv(fd, readBuffer.address, size, 0x40);
  return count < 0 ? count : Buffer.from(readBuffer.bytes.subarray(0, count));
}

/** Everything up to the end of stream, and how it ended: 0 or a negated errno. */
export function readToEnd(fd: number): { bytes: Buffer; end: number } {
  const parts: Buffer[] = [];
  for (;;) {
    awaitReady(fd, POLLIN);
    const part = readNow(fd);
    if (typeof part === 'number') return { bytes: Buffer.concat(parts), end: part };
    if (part.length === 0) return { bytes: Buffer.concat(parts), end: 0 };
    parts.push(part);
  }
}

/**
 * Sends until the socket's buffer is full, and stays so: while its peer has still to acknowledge bytes (a busy machine carries
 * them later), room comes back by itself. The bytes that went in.
 */
export function fillUp(fd: number): number {
  let sent = 0;
  for (;;) {
    const more = sendAll(fd);
    if (more === 0) return sent;
    sent += more;
    awaitAcknowledged(fd);
  }
}

/** Sends for as long as the socket takes bytes. */
function sendAll(fd: number): number {
  const block = new Uint8Array(READ_SIZE);
  for (let sent = 0; ; ) {
    const result = sendBytes(fd, block);
    if (result === -EAGAIN) return sent;
    sent += must('send', result);
  }
}

/** Waits until nothing is on its way to the peer. What was sent again in vain, since the peer has no memory for it, is not. */
function awaitAcknowledged(fd: number): void {
  for (let waited_ms = 0; waited_ms < READY_TIMEOUT_MS; waited_ms += 1) {
    const news = tcpInfo(fd);
    if (news === undefined || news.unacked === 0 || news.backoff > 0) return;
    libc.poll(pollfd.address, 0, 1);
  }
  throw new Error(`fd ${fd}: its peer never acknowledged all`);
}

/** What a socket option (getsockopt(2)) is set to: an int. */
export function option(fd: number, level: number, name: number): number {
  pollfd.ints[9] = 4;
  must('getsockopt', libc.getsockopt(fd, level, name, pollfd.address + 32, pollfd.address + 36));
  return pollfd.ints[8];
}

/** Leaves the socket little room for what it sends and for what it receives, in bytes. */
export function narrow(fd: number, sending: number, receiving: number): void {
  for (const [option, size] of [
    [7, sending],
    [8, receiving],
  ]) {
    pollfd.ints[8] = size;
    must('a buffer size', libc.setsockopt(fd, 1, option, pollfd.address + 32, 4));
  }
}

/** Ends a connection with a reset, whatever was sent before. */
export function resetFd(fd: number): void {
  pollfd.ints[8] = 1;
  pollfd.ints[9] = 0;
  must('SO_LINGER', libc.setsockopt(fd, 1, 13, pollfd.address + 32, 8));
  libc.close(fd);
}

/** Open fds by number, each with what it is. */
export function openFds(): Map<number, string> {
  const fds = new Map<number, string>();
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      fds.set(Number(name), readlinkSync(`/proc/self/fd/${name}`));
    } catch {
      // The directory's own fd, closed by now.
    }
  }
  return fds;
}

/** States of this machine's IPv4 TCP sockets whose peer is `port` (2: SYN-SENT). */
export function statesTowards(port: number): number[] {
  return towards(port).map((field) => Number.parseInt(field[3], 16));
}

/** How many of this machine's IPv4 TCP sockets whose peer is `port` wait for the time to probe it (keepalive). */
export function probingTowards(port: number): number {
  return towards(port).filter((field) => field[5].startsWith('02:')).length;
}

/** The fields of the lines of /proc/net/tcp. */
function towards(port: number): string[][] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'latin1').trim().split('\n').slice(1);
  return lines.map((line) => line.trim().split(/\s+/)).filter((field) => field[2].endsWith(`:${hex}`));
}

/** Waits until so many bytes have come. */
export function readExactly(fd: number, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let got = 0; got < size; got += parts[parts.length - 1].length) {
    awaitReady(fd, POLLIN);
    const bytes = readNow(fd);
    if (typeof bytes === 'number') throw new Error(`read: ${errorName(bytes)}`);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
