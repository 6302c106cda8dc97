// Raises this process's soft limit of open files to the hard one: a load holds thousands of files open.
import * as libc from '../../src/linux/libc.js';
import { mapMemory, unmap } from '../../src/linux/memory.js';

const RLIMIT_NOFILE = 7;

/** Returns the limit from now on. */
export function raiseFileLimit(): number {
  const limits = mapMemory(4096);
  try {
    // struct rlimit: the soft and the hard limit, 64 bits each. A limit that needs the upper half is as good as none.
    libc.prlimit(0, RLIMIT_NOFILE, 0, limits.address);
    limits.words[0] = limits.words[2];
    limits.words[1] = limits.words[3];
    libc.prlimit(0, RLIMIT_NOFILE, limits.address, 0);
    return limits.words[3] > 0 ? 0xffff_ffff : limits.words[2];
  } finally {
    unmap(limits);
  }
}
