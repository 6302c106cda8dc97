// Who is told of every fd and every map of a thread, so that main can end them should the thread die.
import * as libc from './libc.js';
import type { Memory } from './memory.js';

export interface Ownership {
  opened(fd: number): void;
  /** It is about to be closed, by a call or with the turn's operations. */
  closing(fd: number): void;
  /** It has been closed, and the number may be somebody else's by now. */
  closed(fd: number): void;
  /** `pinsRing`: it keeps an io_uring alive and must go before the ring's fd is closed. */
  mapped(memory: Memory, pinsRing: boolean): void;
  unmapping(memory: Memory): void;
}

/** For threads that never outlive trouble (tests, load generators): nothing is written down. */
export const UNRECORDED: Ownership = { opened() {}, closing() {}, closed() {}, mapped() {}, unmapping() {} };

export function closeOwned(fd: number, ownership: Ownership): void {
  ownership.closing(fd);
  libc.close(fd);
  ownership.closed(fd);
}
