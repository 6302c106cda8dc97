// The record of a thread's fds and mappings, kept so that main can release them if the thread dies. Here is only the
// interface; the tables are threads/shared/owner-table.ts.
import * as libc from './libc.js';
import type { Memory } from './memory.js';

export interface Ownership {
  opened(fd: number): void;
  /** The fd is about to be closed, by a direct call or with the turn's operations. */
  closing(fd: number): void;
  /** The fd has been closed; the number may already belong to another owner. */
  closed(fd: number): void;
  /** `pinsRing`: the mapping keeps an io_uring alive and must be unmapped before the ring's fd is closed. */
  mapped(memory: Memory, pinsRing: boolean): void;
  unmapping(memory: Memory): void;
}

/** Records nothing: for threads after whose death nothing is released (main's trial, tests, load generators). */
export const UNRECORDED: Ownership = { opened() {}, closing() {}, closed() {}, mapped() {}, unmapping() {} };

/** Closes an fd by a direct call and records it. */
export function closeOwned(fd: number, ownership: Ownership): void {
  ownership.closing(fd);
  libc.close(fd);
  ownership.closed(fd);
}
