// What a process may do to itself that Node does not offer.
import { constants } from 'node:os';
import * as libc from './libc.js';

const SIG_IGN = 1;

/**
 * Ends the process without waiting for any of its threads. Node's own end waits for those of libuv, and one of them may
 * hang in a write.
 */
export function exitNow(status: number): never {
  libc._exit(status);
  throw new Error('the process has ended');
}

/**
 * With `stty tostop` a background process that writes to its terminal is stopped, all threads of it. A listener would not
 * do: the write would be tried again for ever.
 */
export function writeInBackground(): void {
  libc.signal(constants.signals.SIGTTOU, SIG_IGN);
}
