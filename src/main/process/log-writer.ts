// Writes log lines without blocking its thread: one write at a time, in a thread of libuv's pool, so that a reader that has
// stopped reading or a disk that hangs stops nothing but the log. A bounded number of lines waits. Further lines are
// dropped and counted, and one line tells the count once lines can be written again. It formats nothing.
import { write } from 'node:fs';

/** Characters that may wait: some thousand lines. */
const WAITING_MAX = 1 << 20;
/** Characters in one write. A write that is in progress when the process ends may be lost. */
const PIECE = 1 << 16;
/** The wait before a failed write (a full disk, a full non-blocking pipe) is tried again; it doubles each time. */
const AGAIN_MS = 5;
const AGAIN_MAX_MS = 1000;

/** Writes a part of the bytes, at least one, and calls `done` with how many; or calls it with why none was written. */
export type Output = (bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, taken: number) => void) => void;

/** An output to a file descriptor, which it does not close. */
export function outputTo(fd: number): Output {
  return (bytes, done) => write(fd, bytes, done);
}

export interface LogWriterParts {
  readonly output: Output;
  /** Makes the line that says how many lines were dropped; `why` is the code of an error, such as ENOSPC. */
  readonly droppedLine: (dropped: number, why: string | undefined) => string;
}

export class LogWriter {
  readonly #output: Output;
  readonly #droppedLine: LogWriterParts['droppedLine'];
  #waiting: string[] = [];
  #size = 0;
  /** The bytes that the last write did not take. They go first, so that no line is torn. */
  #rest: Uint8Array | undefined;
  #inFlight = false;
  #again: NodeJS.Timeout | undefined;
  #again_ms = AGAIN_MS;
  #why: string | undefined;
  #dropped = 0;
  #unsaid = 0;
  #emptied: () => void = () => {};

  constructor({ output, droppedLine }: LogWriterParts) {
    this.#output = output;
    this.#droppedLine = droppedLine;
  }

  /** Lines dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `line` ends with a newline. */
  write(line: string): void {
    // Once a line has been dropped, later lines are too, until all waiting lines are written: the log has one gap, and the
    // line that tells of it stands in the gap.
    if (this.#unsaid > 0 || this.#size + line.length > WAITING_MAX) {
      this.#dropped += 1;
      this.#unsaid += 1;
      return;
    }
    this.#queue(line);
    if (!this.#inFlight && this.#again === undefined) this.#send();
  }

  /** Resolves once everything has been written (true), or after `timeout_ms` (false). */
  end(timeout_ms: number): Promise<boolean> {
    if (this.#isEmpty) return Promise.resolve(true);
    if (this.#again !== undefined) this.#retry();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, timeout_ms, false);
      this.#emptied = () => {
        clearTimeout(late);
        resolve(true);
      };
    });
  }

  get #isEmpty(): boolean {
    return !this.#inFlight && this.#rest === undefined && this.#size === 0;
  }

  #queue(line: string): void {
    this.#waiting.push(line);
    this.#size += line.length;
  }

  #send(): void {
    const bytes = this.#rest ?? this.#piece();
    this.#inFlight = true;
    this.#output(bytes, (error, taken) => {
      this.#inFlight = false;
      this.#rest = taken < bytes.length ? bytes.subarray(taken) : undefined;
      if (error === null) this.#sent();
      else this.#failed(error);
    });
  }

  /** Takes the next lines, as the bytes of one write. */
  #piece(): Uint8Array {
    let count = 0;
    let size = 0;
    while (count < this.#waiting.length && (count === 0 || size + this.#waiting[count].length <= PIECE)) {
      size += this.#waiting[count].length;
      count += 1;
    }
    this.#size -= size;
    return Buffer.from(this.#waiting.splice(0, count).join(''));
  }

  #sent(): void {
    this.#again_ms = AGAIN_MS;
    if (this.#rest === undefined && this.#size === 0 && this.#unsaid > 0) {
      this.#queue(this.#droppedLine(this.#unsaid, this.#why));
      this.#unsaid = 0;
      this.#why = undefined;
    }
    if (this.#isEmpty) this.#emptied();
    else this.#send();
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#why = error.code;
    // The timer does not keep the process alive; `end` waits for the lines.
    this.#again = setTimeout(() => this.#retry(), this.#again_ms).unref();
    this.#again_ms = Math.min(this.#again_ms * 2, AGAIN_MAX_MS);
  }

  #retry(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    this.#send();
  }
}
