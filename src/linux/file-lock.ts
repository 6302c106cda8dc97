// flock(2): a lock on an open file, which ends with it. It waits for nobody.
import { flock } from './libc.js';

const LOCK_EX_NB = 2 | 4;
const EWOULDBLOCK = 11;

/** False if another open file has it. Where the file system knows no locks, there is nobody to know of. */
export function tryLock(fd: number): boolean {
  return flock(fd, LOCK_EX_NB) !== -EWOULDBLOCK;
}
