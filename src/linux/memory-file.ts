// A file that is in memory only (memfd_create(2)), to be passed to another process. It goes with its last fd.
import * as libc from './libc.js';
import { mapMemory } from './memory.js';

const MFD_CLOEXEC = 1;
const scratch = mapMemory(4096);

/** An empty one: its fd, or a negated errno. `name`: of at most 100 ASCII characters, for people who look at /proc. */
export function memoryFile(name: string): number {
  scratch.bytes.set(Buffer.from(`${name}\0`, 'latin1'), 0);
  return libc.memfd_create(scratch.address, MFD_CLOEXEC);
}

/** Under this path any thread of the process opens the file anew, and reads it from its beginning. */
export const pathOfFd = (fd: number): string => `/proc/self/fd/${fd}`;
