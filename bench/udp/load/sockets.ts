// UDP sockets of generator and far end, by direct calls: large buffers, so that what is lost was lost by the subject, and what they
// drop all the same.
import { AF_INET } from '../../../src/linux/addresses.js';
import * as libc from '../../../src/linux/libc.js';
import { mapMemory } from '../../../src/linux/memory.js';
import { bindTo, SOCK_NONBLOCK_CLOEXEC } from '../../../src/linux/sockets.js';

const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
const IPPROTO_IP = 0;
const IP_PKTINFO = 8;
/** Of struct sk_meminfo, in words. */
const MEMINFO_WORDS = 9;
const MEMINFO_DROPS = 8;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const EPOLL_CLOEXEC = 0x80000;
/** struct epoll_event is packed to 12 bytes on x86-64 only. */
const EVENT_WORDS = process.arch === 'x64' ? 3 : 4;
const DATA_WORD = EVENT_WORDS - 2;
const EVENTS_MAX = 256;

const scratch = mapMemory(4096);

function set(fd: number, level: number, option: number, value: number): number {
  scratch.ints[0] = value;
  return libc.setsockopt(fd, level, option, scratch.address, 4);
}

/** A socket at `ip` and `port`, with buffers of `bufferSize` bytes where the kernel allows it. Throws an Error when it cannot. */
export function openSocket(ip: readonly number[], port: number, bufferSize: number): number {
  const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`no socket: errno ${-fd}`);
  // Beyond net.core.rmem_max with a privilege only.
  if (set(fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferSize) < 0) set(fd, SOL_SOCKET, SO_RCVBUF, bufferSize);
  if (set(fd, SOL_SOCKET, SO_SNDBUFFORCE, bufferSize) < 0) set(fd, SOL_SOCKET, SO_SNDBUF, bufferSize);
  const bound = bindTo(fd, new Uint8Array(ip), port);
  if (bound < 0) throw new Error(`cannot bind port ${port}: errno ${-bound}`);
  return fd;
}

/** Each datagram tells to which address it came, and goes from the one that its control message says. */
export const tellAddresses = (fd: number): number => set(fd, IPPROTO_IP, IP_PKTINFO, 1);

/** Datagrams that the socket has dropped since it was opened. */
export function dropsOf(fd: number): number {
  scratch.words[0] = MEMINFO_WORDS * 4;
  const result = libc.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, scratch.address + 8, scratch.address);
  return result < 0 ? 0 : scratch.words[2 + MEMINFO_DROPS];
}

/** Says which of many sockets have something to read. */
export class Readable {
  readonly #fd = libc.epoll_create1(EPOLL_CLOEXEC);
  readonly #events = mapMemory(EVENTS_MAX * 16);

  add(fd: number): void {
    scratch.words[0] = EPOLLIN;
    scratch.words[DATA_WORD] = fd;
    const result = libc.epoll_ctl(this.#fd, EPOLL_CTL_ADD, fd, scratch.address);
    if (result < 0) throw new Error(`epoll_ctl: errno ${-result}`);
  }

  /** Waits for `timeout_ms` at most; the number of readable sockets, of which `at` gives the fds. */
  wait(timeout_ms: number): number {
    return Math.max(0, libc.epoll_wait(this.#fd, this.#events.address, EVENTS_MAX, timeout_ms));
  }

  at(index: number): number {
    return this.#events.words[index * EVENT_WORDS + DATA_WORD];
  }

  close(): void {
    libc.close(this.#fd);
  }
}
