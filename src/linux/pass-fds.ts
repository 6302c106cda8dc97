// Passes fds to another process over a Unix socket (SCM_RIGHTS, unix(7)): the receiver gets fds of its own for the same open
// files. It waits for nothing, and says nothing of what the fds are.
import { AF_UNIX } from './addresses.js';
import { EMFILE, EPROTO } from './errno.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { type KernelError, SOCK_NONBLOCK_CLOEXEC } from './sockets.js';

const SOCK_SEQPACKET = 5;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CTRUNC = 8;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
const MSG_DONTWAIT_CLOEXEC = 0x40 | 0x4000_0000;
/** fds in one message; the kernel takes 253 (SCM_MAX_FD). */
const PART = 64;

// struct msghdr and struct cmsghdr of 64-bit Linux, both of little-endian machines.
const HEADER = 0;
const HEADER_WORDS = { iov: 4, iovlen: 6, control: 8, controllen: 10, flags: 12, end: 14 };
const IOV = 64;
const BYTE = 96;
const CONTROL = 128;
const CONTROL_HEAD = 16;
const scratch = mapMemory(4096);

/** Both ends of a channel for fds, or a negated errno. Each message of it stays whole. */
export function fdChannel(): readonly [number, number] | number {
  const result = libc.socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK_CLOEXEC, 0, scratch.address);
  return result < 0 ? result : [scratch.ints[0], scratch.ints[1]];
}

/** Sends fds, which stay the caller's. 0, or a negated errno; some may have been sent then. */
export function sendFds(channel: number, fds: readonly number[]): number {
  for (let from = 0; from < fds.length; from += PART) {
    const part = fds.slice(from, from + PART);
    const size = CONTROL_HEAD + 4 * part.length;
    prepare(Math.ceil(size / 8) * 8);
    const at = CONTROL / 4;
    scratch.words.set([size, 0, SOL_SOCKET, SCM_RIGHTS], at);
    scratch.ints.set(part, at + CONTROL_HEAD / 4);
    const sent = libc.sendmsg(channel, scratch.address + HEADER, MSG_DONTWAIT_NOSIGNAL);
    if (sent < 0) return sent;
  }
  return 0;
}

export type Received = { readonly code: 'received'; readonly fds: readonly number[] } | KernelError;

/** Receives `count` fds that have been sent. They are close-on-exec, and the caller's. In an error none are left open. */
export function receiveFds(channel: number, count: number): Received {
  const fds: number[] = [];
  while (fds.length < count) {
    const result = receivePart(channel, fds);
    if (result >= 0) continue;
    for (const fd of fds) libc.close(fd);
    return { code: 'failed', error: errorName(result) };
  }
  return { code: 'received', fds };
}

/** Appends the fds of one message: 0, or a negated errno. */
function receivePart(channel: number, fds: number[]): number {
  prepare(CONTROL_HEAD + 4 * PART);
  const received = libc.recvmsg(channel, scratch.address + HEADER, MSG_DONTWAIT_CLOEXEC);
  if (received < 0) return received;
  const at = CONTROL / 4;
  const hasFds = scratch.words[HEADER_WORDS.controllen] >= CONTROL_HEAD && scratch.words[at + 3] === SCM_RIGHTS;
  const size = hasFds ? scratch.words[at] - CONTROL_HEAD : 0;
  fds.push(...scratch.ints.subarray(at + CONTROL_HEAD / 4, at + (CONTROL_HEAD + size) / 4));
  // The process has as many open files as it may have: the kernel leaves the rest out.
  if ((scratch.words[HEADER_WORDS.flags] & MSG_CTRUNC) !== 0) return -EMFILE;
  return size > 0 ? 0 : -EPROTO;
}

/** A message of one byte, with room for `control` bytes beside it. */
function prepare(control: number): void {
  const { words, address } = scratch;
  words.fill(0, HEADER, HEADER_WORDS.end);
  pointer(HEADER_WORDS.iov, address + IOV);
  words[HEADER_WORDS.iovlen] = 1;
  pointer(HEADER_WORDS.control, address + CONTROL);
  words[HEADER_WORDS.controllen] = control;
  pointer(IOV / 4, address + BYTE);
  words[IOV / 4 + 2] = 1;
  words[IOV / 4 + 3] = 0;
}

function pointer(word: number, address: number): void {
  scratch.words[word] = address % 2 ** 32;
  scratch.words[word + 1] = Math.floor(address / 2 ** 32);
}
