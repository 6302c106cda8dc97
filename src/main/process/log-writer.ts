// Writes log lines without holding up its thread: one write at a time, in a thread of libuv's pool, so that a reader that
// stands still or a disk that hangs stops nothing but the log. A bounded amount waits. Lines beyond it are dropped and
// counted, and one line says how many once lines can be written again. It formats nothing.
import { write } from 'node:fs';

/** Characters of lines that may wait: some thousand lines. */
const WAITING_MAX = 1 << 20;
/** Characters in one write. What is in flight at the end of the process may be lost. */
const PIECE = 1 << 16;
/** How soon a write that failed (a full disk, a full pipe that does not block) is tried again; doubles each time. */
const AGAIN_MS = 5;
const AGAIN_MAX_MS = 1000;

/** Takes a part of the bytes, at least one, or says why it takes none. */
export type Output = (bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, taken: number) => void) => void;

/** The file descriptor stays open. */
export function outputTo(fd: number): Output {
  return (bytes, done) => write(fd, bytes, done);
}

export interface LogWriterParts {
  readonly output: Output;
  /** The line that says how many lines were dropped; `why` is the code of an error, such as ENOSPC. */
  readonly droppedLine: (dropped: number, why: string | undefined) => string;
}

export class LogWriter {
  readonly #output: Output;
  readonly #droppedLine: LogWriterParts['droppedLine'];
  #waiting: string[] = [];
  #size = 0;
  /** What the last write did not take: lines are never torn. */
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
    // Once one has been dropped, later ones are too until all that waited has gone: the gap is one, and is said in its place.
    if (this.#unsaid > 0 || this.#size + line.length > WAITING_MAX) {
      this.#dropped += 1;
      this.#unsaid += 1;
      return;
    }
    this.#queue(line);
    if (!this.#inFlight && this.#again === undefined) this.#send();
  }

  /** Whether everything has been written, at the latest after `timeout_ms`. */
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

  /** The next lines, as one. */
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
    // It keeps no process alive: end() waits for it, for a while.
    this.#again = setTimeout(() => this.#retry(), this.#again_ms).unref();
    this.#again_ms = Math.min(this.#again_ms * 2, AGAIN_MAX_MS);
  }

  #retry(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    this.#send();
  }
}
