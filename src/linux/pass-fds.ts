// Passes fds to another process over a Unix socket (SCM_RIGHTS, unix(7)): the receiver gets fds of its own for the same open
// files. It waits for nothing, and says nothing of what the fds are.
import { AF_UNIX } from './addresses.js';
import { EMFILE, EPROTO } from './errno.js';
import { errorName } from './error-name.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import {
  CONTROL_HEADER_SIZE,
  CONTROL_SIZE_WORD,
  CONTROL_WORD,
  FLAGS_WORD,
  HEADER_SIZE,
  HEADER_WORDS,
  PIECES_COUNT_WORD,
  PIECES_WORD,
  writeAddress,
  writePiece,
} from './message-layout.js';
import { type KernelError, SOCK_NONBLOCK_CLOEXEC } from './sockets.js';

const SOCK_SEQPACKET = 5;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_CTRUNC = 8;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
const MSG_DONTWAIT_CLOEXEC = 0x40 | 0x4000_0000;
/** fds in one message; the kernel takes 253 (SCM_MAX_FD). */
const PART = 64;

/** struct msghdr at 0, and behind it what it points to. */
const PIECE = HEADER_SIZE;
const BYTE = 96;
const CONTROL = 128;
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
    const size = CONTROL_HEADER_SIZE + 4 * part.length;
    prepare(Math.ceil(size / 8) * 8);
    const at = CONTROL / 4;
    scratch.words.set([size, 0, SOL_SOCKET, SCM_RIGHTS], at);
    scratch.ints.set(part, at + CONTROL_HEADER_SIZE / 4);
    const sent = libc.sendmsg(channel, scratch.address, MSG_DONTWAIT_NOSIGNAL);
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
  prepare(CONTROL_HEADER_SIZE + 4 * PART);
  const received = libc.recvmsg(channel, scratch.address, MSG_DONTWAIT_CLOEXEC);
  if (received < 0) return received;
  const at = CONTROL / 4;
  const hasFds = scratch.words[CONTROL_SIZE_WORD] >= CONTROL_HEADER_SIZE && scratch.words[at + 3] === SCM_RIGHTS;
  const size = hasFds ? scratch.words[at] - CONTROL_HEADER_SIZE : 0;
  fds.push(...scratch.ints.subarray(at + CONTROL_HEADER_SIZE / 4, at + (CONTROL_HEADER_SIZE + size) / 4));
  // The process has as many open files as it may have: the kernel leaves the rest out.
  if ((scratch.words[FLAGS_WORD] & MSG_CTRUNC) !== 0) return -EMFILE;
  return size > 0 ? 0 : -EPROTO;
}

/** A message of one byte, with room for `control` bytes beside it. */
function prepare(control: number): void {
  const { words } = scratch;
  words.fill(0, 0, HEADER_WORDS);
  writeAddress(words, PIECES_WORD, scratch, PIECE);
  words[PIECES_COUNT_WORD] = 1;
  writeAddress(words, CONTROL_WORD, scratch, CONTROL);
  words[CONTROL_SIZE_WORD] = control;
  writePiece(scratch, PIECE, scratch, BYTE, 1);
}
