// An accepted client as main hands it to an actor, in one Int32: the fd in the low 24 bits, the number of its listener
// in the 7 bits above them. The number is never negative, since -1 is an empty queue. It knows no queue.

import { LISTENERS_MAX } from '../../protocol/listen-options.js';

const FD_BITS = 24;
/** Fds are smaller; the process has at most 2^20 (FDS_MAX in main/process/fd-limit.ts). */
export const FD_END = 1 << FD_BITS;

/** Throws a RangeError when a number does not fit, since its low bits would name another fd. */
export function handOff(fd: number, listener: number): number {
  if (fd < 0 || fd >= FD_END || listener < 0 || listener >= LISTENERS_MAX) {
    throw new RangeError(`fd ${fd} of listener ${listener} does not fit into a hand-off`);
  }
  return (listener << FD_BITS) | fd;
}

/** The fd of a handed-off client. */
export const fdOf = (handedOff: number): number => handedOff & (FD_END - 1);

/** The number of the listener of a handed-off client. */
export const listenerOf = (handedOff: number): number => handedOff >>> FD_BITS;
