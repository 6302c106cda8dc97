// Pairs of connected sockets (AF_UNIX) between two threads, and fds that cross threads by number. A number may be somebody
// else's by the time that it arrives: the inode of its file tells. These sockets know no reset: what one end reads after a
// close is an end of stream. So each end has a mark that says "unfinished" until the thread of the other end takes it off.
import { fstatSync } from 'node:fs';
import { AF_UNIX } from './addresses.js';
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { clearLinger, lingers, pollNow, SOCK_NONBLOCK_CLOEXEC, SOCK_STREAM, setLingerZero } from './sockets.js';

const F_DUPFD_CLOEXEC = 1030;
const POLLHUP = 0x10;
const scratch = mapMemory(4096);

/** An fd that stays its owner's. */
export interface SentFd {
  readonly fd: number;
  readonly inode: number;
}

/** Both ends, each unfinished; or a negated errno. */
export function socketPair(): readonly [number, number] | number {
  const result = libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0, scratch.address);
  if (result < 0) return result;
  const [one, other] = [scratch.ints[0], scratch.ints[1]];
  // The mark is an option of the file that sockets of this family make no use of, so any thread with an fd of it sees it.
  setLingerZero(one);
  setLingerZero(other);
  return [one, other];
}

export function sentFd(fd: number): SentFd {
  return { fd, inode: fstatSync(fd).ino };
}

/** Whether the number still means the same file. */
export function isSame({ fd, inode }: SentFd): boolean {
  try {
    return fstatSync(fd).ino === inode;
  } catch {
    return false;
  }
}

/** An fd of our own for the file of another thread's; undefined where that thread has closed it. */
export function duplicate({ fd, inode }: SentFd): number | undefined {
  const own = libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (own < 0) return undefined;
  if (fstatSync(own).ino === inode) return own;
  libc.close(own);
  return undefined;
}

/** Whether the other end of a pair has been closed, or both directions have ended. */
export function isHungUp(fd: number): boolean {
  const events = pollNow(fd, 0);
  return events > 0 && (events & POLLHUP) !== 0;
}

/** Says to the other end, before it hears an end of stream, that all has been sent. Without it, the end is a reset. */
export function markFinished(other: SentFd): void {
  const own = duplicate(other);
  if (own === undefined) return;
  clearLinger(own);
  libc.close(own);
}

/** Of an end that has heard an end of stream: whether the other side broke off. False for a socket of any other kind. */
export const isUnfinished = (fd: number): boolean => lingers(fd);
