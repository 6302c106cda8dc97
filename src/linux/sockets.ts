// Direct calls on a socket: open, set options, name, send, shut down, close. All fds are non-blocking and close-on-exec.
// A result is the syscall's, or a negated errno. Arguments pass through scratch memory that each thread has for itself.
// What waits for an outcome is an engine's: see engine/engine.ts.
import { ADDRESS_SIZE, AF_INET, AF_INET6, type Endpoint, lendAddress, unpackAddress } from './addresses.js';
import {
  EAGAIN,
  ECONNABORTED,
  EHOSTUNREACH,
  EINPROGRESS,
  EINTR,
  ENETDOWN,
  ENETUNREACH,
  EPERM,
  EPROTO,
} from './errno.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';

export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_ERROR = 4;
const SO_KEEPALIVE = 9;
const SO_LINGER = 13;
const SO_REUSEPORT = 15;
const SO_BINDTODEVICE = 25;
const SO_MARK = 36;
const IPPROTO_IP = 0;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const TCP_KEEPIDLE = 4;
const TCP_KEEPINTVL = 5;
const TCP_KEEPCNT = 6;
const TCP_USER_TIMEOUT = 18;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
const SHUT_WR = 1;
const SHUT_RDWR = 2;

/** Bytes that one call of `sendBytes` can send. */
const SEND_SCRATCH = 65536;
/** An address of family AF_UNSPEC. */
const NOWHERE = new Uint8Array(16);
const scratch = mapMemory(4096 + SEND_SCRATCH);
const ADDRESS = scratch.address;
const LENGTH_WORD = 16;
const LENGTH = scratch.address + LENGTH_WORD * 4;
const VALUE_WORD = 18;
const VALUE = scratch.address + VALUE_WORD * 4;
const POLLFD_WORD = 24;
const POLLFD = scratch.address + POLLFD_WORD * 4;

function setInt(fd: number, level: number, option: number, value: number): number {
  scratch.ints[VALUE_WORD] = value;
  return libc.setsockopt(fd, level, option, VALUE, 4);
}

/** A TCP socket for IP addresses of `ipLength` (4 or 16) bytes: its fd, or a negated errno. */
export function openStream(ipLength: number): number {
  return libc.socket(ipLength === 16 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0);
}

export const setNoDelay = (fd: number): number => setInt(fd, IPPROTO_TCP, TCP_NODELAY, 1);

export interface Probing {
  readonly idle_s: number;
  readonly interval_s: number;
  readonly probes: number;
}

/**
 * Probes the peer after `idle_s` without a packet from it, then every `interval_s`; that many probes without an answer break
 * the connection. With TCP_USER_TIMEOUT that time, and not their number, decides: it is looked at with each probe.
 */
export function setKeepAlive(fd: number, { idle_s, interval_s, probes }: Probing): number {
  setInt(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval_s);
  setInt(fd, IPPROTO_TCP, TCP_KEEPCNT, probes);
  const result = setInt(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  // Last, since setting it starts the timer; the time counts from the peer's last packet, not from this call.
  return result < 0 ? result : setInt(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_s);
}

export const setReuseAddress = (fd: number): number => setInt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
/** Sent bytes may stay unacknowledged for this long before the kernel gives the connection up (TCP_USER_TIMEOUT). */
export const setUserTimeout = (fd: number, timeout_ms: number): number =>
  setInt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, timeout_ms);
/** 0 for none, also where that cannot be said. */
export function userTimeoutOf(fd: number): number {
  scratch.ints[LENGTH_WORD] = 4;
  return libc.getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, VALUE, LENGTH) === 0 ? scratch.ints[VALUE_WORD] : 0;
}
/**
 * A later bind to port 0 picks the port only at connect, so that connections to different destinations may share a port
 * (IP_BIND_ADDRESS_NO_PORT).
 */
export const setBindAddressNoPort = (fd: number): number => setInt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);

/** Lets a socket leave by this interface only (SO_BINDTODEVICE). Since Linux 5.7 a socket without one needs no privilege. */
export function setDevice(fd: number, name: Uint8Array): number {
  scratch.bytes.set(name, 0);
  return libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ADDRESS, name.length);
}

/** Marks the socket's packets for rules of routing and firewalls (SO_MARK). Needs CAP_NET_ADMIN, or CAP_NET_RAW. */
export const setMark = (fd: number, mark: number): number => setInt(fd, SOL_SOCKET, SO_MARK, mark);

/** The close of this socket drops unsent bytes and sends a reset. */
export const setLingerZero = (fd: number): number => setLinger(fd, 1);

/** The close of this socket is an ordinary one again. */
export const clearLinger = (fd: number): number => setLinger(fd, 0);

function setLinger(fd: number, isOn: 0 | 1): number {
  scratch.ints[VALUE_WORD] = isOn;
  scratch.ints[VALUE_WORD + 1] = 0;
  return libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, VALUE, 8);
}

/** Whether SO_LINGER is set. False also where that cannot be said. */
export function lingers(fd: number): boolean {
  scratch.ints[LENGTH_WORD] = 8;
  return libc.getsockopt(fd, SOL_SOCKET, SO_LINGER, VALUE, LENGTH) === 0 && scratch.ints[VALUE_WORD] !== 0;
}

/** Binds to `ip` (4 or 16 bytes); port 0 leaves the port to the kernel. 0, or a negated errno. */
export function bindTo(fd: number, ip: Uint8Array, port: number): number {
  const packed = lendAddress(ip, port);
  scratch.bytes.set(packed, 0);
  return libc.bind(fd, ADDRESS, packed.length);
}

/** Begins to connect to an address packed by `packAddress`: 0, -EINPROGRESS, or another negated errno. */
export function connectTo(fd: number, packed: Uint8Array): number {
  scratch.bytes.set(packed, 0);
  return libc.connect(fd, ADDRESS, packed.length);
}

/** Of `connectTo`: the connection is being made. */
export const isConnecting = (result: number): boolean => result === -EINPROGRESS;

/** Takes a socket's pending error: a negated errno, 0 for none. */
export function pendingError(fd: number): number {
  scratch.ints[LENGTH_WORD] = 4;
  const result = libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, VALUE, LENGTH);
  return result < 0 ? result : 0 - scratch.ints[VALUE_WORD];
}

/** The local address that was read last. A machine has few, so that most connections need no array of their own for theirs. */
let lastLocal: Uint8Array | undefined;

export function localEndpoint(fd: number): Endpoint | number {
  scratch.ints[LENGTH_WORD] = ADDRESS_SIZE;
  const result = libc.getsockname(fd, ADDRESS, LENGTH);
  if (result < 0) return result;
  const local = unpackAddress(scratch.bytes, lastLocal);
  lastLocal = local.ip;
  return local;
}

export function peerEndpoint(fd: number): Endpoint | number {
  scratch.ints[LENGTH_WORD] = ADDRESS_SIZE;
  const result = libc.getpeername(fd, ADDRESS, LENGTH);
  return result < 0 ? result : unpackAddress(scratch.bytes);
}

/** A peer's address as the kernel lays it out, of 28 bytes at most, until the next call of this file; undefined if gone. */
export function packedPeer(fd: number): Uint32Array | undefined {
  scratch.ints[LENGTH_WORD] = ADDRESS_SIZE;
  return libc.getpeername(fd, ADDRESS, LENGTH) < 0 ? undefined : scratch.words;
}

/** Like `acceptFrom`; the address of the accepted client is in `acceptedPeer` until the next call of this file. */
export function acceptWithPeer(fd: number): number {
  scratch.ints[LENGTH_WORD] = ADDRESS_SIZE;
  return libc.accept4(fd, ADDRESS, LENGTH, SOCK_NONBLOCK_CLOEXEC);
}

export const acceptedPeer: Uint32Array = scratch.words;
/** The same as bytes. After `packedPeer` it has that address. */
export const acceptedPeerBytes: Uint8Array = scratch.bytes;

/** Sends `size` bytes at an address: the number of bytes taken, or a negated errno (-EAGAIN: no room). */
export const sendFrom = (fd: number, address: number, size: number): number =>
  libc.send(fd, address, size, MSG_DONTWAIT_NOSIGNAL);

/** Sends at most 64 KiB of `bytes`: the number of bytes taken, or a negated errno (-EAGAIN: no room). */
export function sendBytes(fd: number, bytes: Uint8Array): number {
  const size = Math.min(bytes.length, SEND_SCRATCH);
  scratch.bytes.set(size === bytes.length ? bytes : bytes.subarray(0, size), 4096);
  return libc.send(fd, scratch.address + 4096, size, MSG_DONTWAIT_NOSIGNAL);
}

/** Accepts a client without waiting for one: its fd, or a negated errno (-EAGAIN: there is none). */
export const acceptFrom = (fd: number): number => libc.accept4(fd, 0, 0, SOCK_NONBLOCK_CLOEXEC);

/** Errors of one client, not of accepting: accept(2) says to go on. (EPERM: a firewall's rule.) */
const OF_ONE_CLIENT = new Set([ECONNABORTED, EPROTO, EPERM, EAGAIN, EINTR, ENETDOWN, ENETUNREACH, EHOSTUNREACH]);

/** Whether accepting may go on after an error: it was one client's. */
export const isOfOneClient = (result: number): boolean => OF_ONE_CLIENT.has(-result);

/**
 * Resets a connection, even with operations in flight: a close could wait for a ring's pending operation, and a shutdown
 * would make a truncated transfer look complete. Connecting to an AF_UNSPEC address dissolves a connection (connect(2)).
 */
export function breakOff(fd: number): void {
  if (connectTo(fd, NOWHERE) < 0) shutdownBoth(fd);
}

/** Ends the stream of what this side sends (FIN): 0, or a negated errno. */
export const shutdownWrite = (fd: number): number => libc.shutdown(fd, SHUT_WR);
export const shutdownBoth = (fd: number): number => libc.shutdown(fd, SHUT_RDWR);
export const closeFd = (fd: number): number => libc.close(fd);

/** The poll(2) events of `events` that hold now, with errors and hang-ups; 0 for none, or a negated errno. */
export function pollNow(fd: number, events: number): number {
  scratch.ints[POLLFD_WORD] = fd;
  scratch.words[POLLFD_WORD + 1] = events;
  const result = libc.poll(POLLFD, 1, 0);
  return result <= 0 ? result : scratch.words[POLLFD_WORD + 1] >>> 16;
}

/** An error of the kernel by its name, such as `EADDRINUSE`. */
export interface KernelError {
  readonly code: 'failed';
  readonly error: string;
}

const kernelError = (result: number): KernelError => ({ code: 'failed', error: errorName(result) });
const DONE = { code: 'done' } as const;

/**
 * Two sockets of one user that are both shared may be bound to one port: a client comes to the one with its very address. While a
 * socket has a port that was shared once, others may share it that are of the same user and ask for it.
 */
export const setShared = (fd: number, isShared: boolean): number =>
  setInt(fd, SOL_SOCKET, SO_REUSEPORT, isShared ? 1 : 0);

/** A socket bound to `ip`:`port`, ready to listen. Accepted sockets inherit its options. */
export function bindListener(
  ip: Uint8Array,
  port: number,
  userTimeout_ms: number,
  isShared = false,
): { readonly code: 'bound'; readonly fd: number } | KernelError {
  const fd = boundSocket(ip, port, userTimeout_ms, isShared);
  return fd < 0 ? kernelError(fd) : { code: 'bound', fd };
}

/** Lets clients of a bound socket in. */
export function startListening(fd: number, backlog: number): typeof DONE | KernelError {
  const result = libc.listen(fd, backlog);
  return result < 0 ? kernelError(result) : DONE;
}

function boundSocket(ip: Uint8Array, port: number, userTimeout_ms: number, isShared = false): number {
  const fd = openStream(ip.length);
  if (fd < 0) return fd;
  setReuseAddress(fd);
  if (isShared) setShared(fd, true);
  setNoDelay(fd);
  if (userTimeout_ms > 0) setUserTimeout(fd, userTimeout_ms);
  // The wildcard :: takes IPv4 clients too. To listen for one family only, configure an address of that family.
  if (ip.length === 16) setInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  const result = bindTo(fd, ip, port);
  if (result === 0) return fd;
  libc.close(fd);
  return result;
}

/** A listening socket bound to `ip`:`port`: its fd, or a negated errno. */
export function listenOn(ip: Uint8Array, port: number, backlog: number, userTimeout_ms: number): number {
  const fd = boundSocket(ip, port, userTimeout_ms);
  const result = fd < 0 ? fd : libc.listen(fd, backlog);
  if (result === 0) return fd;
  if (fd >= 0) libc.close(fd);
  return result;
}

/** Whether this process may bind an address: 0, or a negated errno. */
export function tryToBind(ip: Uint8Array): number {
  const fd = openStream(ip.length);
  if (fd < 0) return fd;
  const result = bindTo(fd, ip, 0);
  libc.close(fd);
  return result;
}
