// Asks the kernel for what it knows of this machine's network, by a socket for one question or a few. The kernel answers from
// memory: this waits for nobody.
import { EAGAIN } from '../errno.js';
import * as libc from '../libc.js';
import { type Memory, mapMemory } from '../memory.js';
import { SOCK_NONBLOCK_CLOEXEC } from '../sockets.js';
import { MORE, readMessages, type TakeMessage } from './messages.js';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
const SOL_NETLINK = 270;
const NETLINK_GET_STRICT_CHK = 12;
/** Bytes of struct sockaddr_nl. */
const ADDRESS = 12;

export const NLM_F_REQUEST = 1;
export const NLM_F_REQUEST_DUMP = 0x301;

/** The kernel fills at most 32 KiB at a time. */
const RECEIVED_MAX = 32_768;

/** Made at the first need: many threads never read. */
let memory: Memory | undefined;

/** Of this thread, for what is sent and received: its content is gone with the next call of this room. */
export function scratch(): Memory {
  memory ??= mapMemory(RECEIVED_MAX);
  return memory;
}

/** A socket to the kernel, which does not block: its fd, or a negated errno. */
export function openKernel(): number {
  return libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK_CLOEXEC, NETLINK_ROUTE);
}

/** Gives the socket a number, without which it is told of nothing: 0, or a negated errno. */
export function bindKernel(fd: number): number {
  const own = scratch();
  own.bytes.fill(0, 0, ADDRESS);
  own.bytes[0] = AF_NETLINK;
  return libc.bind(fd, own.address, ADDRESS);
}

/** One part that has come: its bytes in this thread's scratch memory, or a negated errno. */
export function receiveFrom(fd: number): Uint8Array | number {
  const own = scratch();
  const size = libc.recv(fd, own.address, RECEIVED_MAX, 0);
  return size < 0 ? size : own.bytes.subarray(0, size);
}

/** Sets an option of the socket that is a number: 0, or a negated errno. */
export function setKernelOption(fd: number, option: number, value: number): number {
  const own = scratch();
  own.ints[0] = value;
  return libc.setsockopt(fd, SOL_NETLINK, option, own.address, 4);
}

/** Puts one question after the other to the kernel. `talk` returns 0, or a negated errno, which is returned. */
export function withKernel(talk: (fd: number) => number): number {
  const fd = openKernel();
  if (fd < 0) return fd;
  try {
    // Then the kernel passes over what was not asked for. Before Linux 4.20 it does not.
    setKernelOption(fd, NETLINK_GET_STRICT_CHK, 1);
    return talk(fd);
  } finally {
    libc.close(fd);
  }
}

/** One question and its whole answer. Returns 0, or a negated errno. `take` returns whether it wants more. */
export function ask(fd: number, request: Uint8Array, take: TakeMessage, wantsMore = (): boolean => true): number {
  const sent = sendTo(fd, request);
  if (sent < 0) return sent;
  for (;;) {
    const bytes = receiveFrom(fd);
    if (typeof bytes === 'number') return bytes;
    // The kernel has the next part ready before the last one is read.
    if (bytes.length === 0) return -EAGAIN;
    const end = readMessages(bytes, take);
    if (end !== MORE) return end;
    if (!wantsMore()) return 0;
  }
}

function sendTo(fd: number, request: Uint8Array): number {
  const own = scratch();
  own.bytes.set(request);
  return libc.send(fd, own.address, request.length, 0);
}
