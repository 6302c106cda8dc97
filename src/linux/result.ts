// What a system call, or an operation of the engine, came to: one number, which is what it did or a negated errno. It is a
// number because there is one for every read and write, and nothing may be allocated for them. Outside src/linux nobody
// knows an errno: what they tell apart is asked of this file, and error-name.ts names the rest.
import { EAGAIN, ECANCELED } from './errno.js';

export const isError = (result: number): boolean => result < 0;

/** Of a read: the end of the stream. */
export const isEnd = (result: number): boolean => result === 0;

/** There is nothing to read, or no room to write, for now. */
export const wouldBlock = (result: number): boolean => result === -EAGAIN;

/** An error that waiting does not mend. */
export const isBroken = (result: number): boolean => result < 0 && result !== -EAGAIN;

/** Of an operation that was stopped before it came to anything. */
export const wasCanceled = (result: number): boolean => result === -ECANCELED;
