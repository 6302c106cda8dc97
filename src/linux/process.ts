// Calls that affect the whole process and that Node does not offer.
import { constants } from 'node:os';
import * as libc from './libc.js';

const SIG_IGN = 1;

/**
 * Ends the process without waiting for its threads. Node's own exit waits for libuv's threads, and one of them may hang
 * in a write.
 */
export function exitNow(status: number): never {
  libc._exit(status);
  throw new Error('the process has ended');
}

/**
 * Ignores SIGTTOU. With `stty tostop` the signal stops all threads of a background process that writes to its terminal.
 * A signal handler would not do: the kernel would interrupt and repeat the write for ever.
 */
export function writeInBackground(): void {
  libc.signal(constants.signals.SIGTTOU, SIG_IGN);
}

/**
 * Gives memory that is free within the C library back to the kernel, for which it takes a few milliseconds. Each thread leaves
 * some there when it has started.
 */
export function giveBackMemory(): void {
  libc.mallocTrim();
}
