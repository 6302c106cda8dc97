// An eventfd that one thread rings to wake the engine of another. It is never read, since each ring is an edge. It says
// only that there is something to do, not what.
import * as libc from './libc.js';
import { mapMemory } from './memory.js';

const EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const one = mapMemory(4096);
one.words[0] = 1;

/** The fd, or a negated errno. */
export const makeDoorbell = (): number => libc.eventfd(0, EFD_NONBLOCK_CLOEXEC);

/** 8, or a negated errno. */
export const ring = (doorbell: number): number => libc.write(doorbell, one.address, 8);
