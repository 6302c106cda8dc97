// flock(2): a lock on an open file, which ends when the file is closed. It never waits for another holder.
import { flock } from './libc.js';
import { wouldBlock } from './result.js';

const LOCK_EX_NB = 2 | 4;

/** False if another open file holds the lock. True where the file system has no locks. */
export function tryLock(fd: number): boolean {
  return !wouldBlock(flock(fd, LOCK_EX_NB));
}
