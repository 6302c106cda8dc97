// Pairs of connected sockets (AF_UNIX), and fds that cross threads by number. A number may be somebody else's by the time
// that it arrives; the inode of its file tells.
import { fstatSync } from 'node:fs';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { pollNow, sendBytes } from './sockets.js';

const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK_CLOEXEC = 1 | 0x800 | 0x80000;
const F_DUPFD_CLOEXEC = 1030;
const scratch = mapMemory(4096);

/** An fd that stays its owner's. */
export interface SentFd {
  readonly fd: number;
  readonly inode: number;
}

/** Both ends, or a negated errno. */
export function socketPair(): readonly [number, number] | number {
  const result = libc.socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK_CLOEXEC, 0, scratch.address);
  return result < 0 ? result : [scratch.ints[0], scratch.ints[1]];
}

export function sentFd(fd: number): SentFd {
  return { fd, inode: fstatSync(fd).ino };
}

/** An fd of our own for the file of another thread's; undefined where that thread has closed it. */
export function duplicate({ fd, inode }: SentFd): number | undefined {
  const own = libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return undefined;
  if (fstatSync(own).ino === inode) return own;
  libc.close(own);
  return undefined;
}

const POLLHUP = 0x10;
const ONE_BYTE = new Uint8Array(1);

/** Whether the other end of a pair has been closed, or both directions have ended. */
export function isHungUp(fd: number): boolean {
  const events = pollNow(fd, 0);
  return events > 0 && (events & POLLHUP) !== 0;
}

/**
 * Before this thread closes its end: makes the close a reset for the other end `other`, where it would be an end of stream.
 * The kernel does so where bytes are left unread (unix(7): ECONNRESET), so one is sent there in the other end's place.
 */
export function makeReset(other: SentFd): void {
  const own = duplicate(other);
  if (own === undefined) return;
  sendBytes(own, ONE_BYTE);
  libc.close(own);
}
