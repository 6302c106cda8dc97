// A bounded pool of pipes for splicing. A direction borrows a pipe while it has bytes in it. A pipe that is given back
// with bytes in it is closed. When to splice is decided by the relay's direction.ts.
import * as libc from './libc.js';
import { mapMemory } from './memory.js';
import { closeOwned, type Ownership } from './ownership.js';

const O_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
const F_SETPIPE_SZ = 1031;
/** An unprivileged process's default limit (/proc/sys/fs/pipe-max-size); when refused, the pipe keeps the usual 64 KiB. */
const PIPE_SIZE = 1 << 20;

const SPLICE_MOVE_NONBLOCK = 1 | 2;

export interface Pipe {
  readonly read: number;
  readonly write: number;
  /** Bytes in the pipe, counted by its borrower. */
  filled: number;
}

export class PipePool {
  #max: number;
  readonly #ownership: Ownership;
  readonly #idle: Pipe[] = [];
  readonly #scratch = mapMemory(4096);
  #open = 0;

  constructor(max: number, ownership: Ownership) {
    this.#max = max;
    this.#ownership = ownership;
    ownership.mapped(this.#scratch, false);
  }

  /** Another bound. Of too many pipes those that are not lent are closed now, and others when they are given back. */
  setMax(max: number): void {
    this.#max = max;
    while (this.#open > max) {
      const idle = this.#idle.pop();
      if (idle === undefined) return;
      this.#end(idle);
    }
  }

  /** An empty pipe; undefined at the bound or when the kernel refuses one: the caller then copies. */
  borrow(): Pipe | undefined {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#open >= this.#max || libc.pipe2(this.#scratch.address, O_NONBLOCK_CLOEXEC) < 0) return undefined;
    const pipe = { read: this.#scratch.ints[0], write: this.#scratch.ints[1], filled: 0 };
    this.#ownership.opened(pipe.read);
    this.#ownership.opened(pipe.write);
    libc.fcntl(pipe.write, F_SETPIPE_SZ, PIPE_SIZE);
    this.#open += 1;
    return pipe;
  }

  /** Ends a loan. A pipe whose `filled` is not 0 is closed, and so is one above the bound. */
  giveBack(pipe: Pipe): void {
    if (pipe.filled === 0 && this.#open <= this.#max) this.#idle.push(pipe);
    else this.#end(pipe);
  }

  #end(pipe: Pipe): void {
    this.#open -= 1;
    closeOwned(pipe.read, this.#ownership);
    closeOwned(pipe.write, this.#ownership);
  }

  /** Closes the pipes that are not lent, and unmaps the pool's memory. */
  destroy(): void {
    for (const pipe of this.#idle.splice(0)) this.#end(pipe);
    this.#ownership.unmapping(this.#scratch);
    libc.munmap(this.#scratch.address, this.#scratch.size);
  }
}

/**
 * Moves as many bytes as fit, and at most `bytes`, from a socket into an empty pipe: their number, 0 at the end of stream, or a
 * negated errno.
 */
export const spliceIn = (socket: number, pipe: Pipe, bytes = PIPE_SIZE): number =>
  libc.splice(socket, 0, pipe.write, 0, Math.min(bytes, PIPE_SIZE), SPLICE_MOVE_NONBLOCK);

/** Moves at most `bytes` bytes from a pipe into a socket: their number, or a negated errno (-EAGAIN: no room). */
export const spliceOut = (pipe: Pipe, socket: number, bytes: number): number =>
  libc.splice(pipe.read, 0, socket, 0, bytes, SPLICE_MOVE_NONBLOCK);
