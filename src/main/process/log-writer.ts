// Writes log lines without blocking its thread: one write at a time, in a thread of libuv's pool, so that a reader that has
// stopped reading or a disk that hangs stops nothing but the log. A bounded number of lines waits. Further lines are
// dropped and counted, and one line tells the count once lines can be written again. The output can be changed for another
// one, between two lines. It formats nothing, and opens and closes no file: see log-outlet.ts.
import { write } from 'node:fs';

/** Characters that may wait, unless more are asked for: some thousand lines. */
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
  /** Hears of lines that are dropped. */
  readonly hearDropped?: ((lines: number) => void) | undefined;
  /** Makes the line that says how many lines were dropped; `why` is the code of an error, such as ENOSPC. */
  readonly droppedLine: (dropped: number, why: string | undefined) => string;
  /** In characters. */
  readonly waiting_max?: number | undefined;
}

/** A change to another output. */
interface Change {
  readonly output: Output;
  /** Lines that waited at the change and are still to be written to the old output. */
  before: number;
  readonly changed: () => void;
}

const NEWLINE = 10;

export class LogWriter {
  #output: Output;
  #change: Change | undefined;
  readonly #hearDropped: LogWriterParts['hearDropped'];
  readonly #droppedLine: LogWriterParts['droppedLine'];
  #waiting_max: number;
  #waiting: string[] = [];
  #size = 0;
  /** The lines that are being written, and how many of their bytes have been: what is left goes first, so that no line is torn. */
  #piece: Uint8Array | undefined;
  #taken = 0;
  #inFlight = false;
  #again: NodeJS.Timeout | undefined;
  #again_ms = AGAIN_MS;
  #why: string | undefined;
  #dropped = 0;
  #unsaid = 0;
  readonly #emptied: (() => void)[] = [];
  /** Set once nothing more is to be written: called when no write is in progress. */
  #givenUp: (() => void) | undefined;

  constructor({ output, hearDropped, droppedLine, waiting_max = WAITING_MAX }: LogWriterParts) {
    this.#output = output;
    this.#hearDropped = hearDropped;
    this.#droppedLine = droppedLine;
    this.#waiting_max = waiting_max;
  }

  /** In characters; undefined for the usual bound. Lines that wait already go on waiting. */
  setWaitingMax(waiting_max = WAITING_MAX): void {
    this.#waiting_max = waiting_max;
  }

  /** Lines dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#hearDropped?.(lines);
  }

  /** `text`: whole lines, each with its newline; `lines` is their number. */
  write(text: string, lines = 1): void {
    // Once a line has been dropped, later lines are too, until all waiting lines are written: the log has one gap, and the
    // line that tells of it stands in the gap.
    if (this.#givenUp !== undefined) {
      this.#drop(lines);
      return;
    }
    if (this.#unsaid > 0 || this.#size + text.length > this.#waiting_max) {
      this.#drop(lines);
      this.#unsaid += lines;
      return;
    }
    this.#queue(text);
    if (!this.#inFlight && this.#again === undefined) this.#send();
  }

  /** Resolves once everything has been written (true), or after `timeout_ms` (false). */
  end(timeout_ms: number): Promise<boolean> {
    if (this.#isEmpty) return Promise.resolve(true);
    if (this.#again !== undefined) this.#retry();
    return new Promise((resolve) => {
      const late = setTimeout(resolve, timeout_ms, false);
      this.#emptied.push(() => {
        clearTimeout(late);
        resolve(true);
      });
    });
  }

  /**
   * Drops what has not been written, and all that comes later. Resolves once the output is no longer used: never, while a write to it
   * hangs.
   */
  giveUp(): Promise<void> {
    clearTimeout(this.#again);
    const left = [...this.#waiting.splice(0), Buffer.from(this.#piece?.subarray(this.#taken) ?? []).toString()].join(
      '',
    );
    this.#drop(left.split('\n').length - 1);
    return new Promise((resolve) => {
      this.#givenUp = resolve;
      if (!this.#inFlight) resolve();
    });
  }

  /**
   * From now on lines go to `output`; those that wait are written to the old one first, unless it fails. Resolves once the old
   * output is no longer used: never, while a write to it hangs. The last change must have been made.
   */
  change(output: Output): Promise<void> {
    return new Promise((changed) => {
      this.#change = { output, before: this.#waiting.length, changed };
      if (this.#again !== undefined) this.#retry();
      else this.#mayChange();
    });
  }

  get #isEmpty(): boolean {
    return !this.#inFlight && this.#piece === undefined && this.#size === 0;
  }

  #queue(text: string): void {
    this.#waiting.push(text);
    this.#size += text.length;
  }

  /** Changes the output once the old one has all that is for it. */
  #mayChange(): void {
    if (this.#change?.before === 0 && !this.#inFlight && this.#piece === undefined) this.#changeNow(this.#change);
  }

  #changeNow({ output, changed }: Change): void {
    this.#change = undefined;
    this.#output = output;
    // A line that the old output took a part of is written to the new one as a whole.
    if (this.#piece !== undefined && this.#taken > 0)
      this.#taken = this.#piece.lastIndexOf(NEWLINE, this.#taken - 1) + 1;
    changed();
  }

  #send(): void {
    this.#piece ??= this.#nextPiece();
    const bytes = this.#taken === 0 ? this.#piece : this.#piece.subarray(this.#taken);
    this.#inFlight = true;
    this.#output(bytes, (error, taken) => {
      this.#inFlight = false;
      if (this.#givenUp !== undefined) {
        this.#givenUp();
        return;
      }
      this.#taken += taken;
      if (taken === bytes.length) {
        this.#piece = undefined;
        this.#taken = 0;
      }
      if (error === null) this.#sent();
      else this.#failed(error);
    });
  }

  /** Takes the next lines, as the bytes of one write. */
  #nextPiece(): Uint8Array {
    const most = this.#change?.before ?? this.#waiting.length;
    let count = 0;
    let size = 0;
    while (count < most && (count === 0 || size + this.#waiting[count].length <= PIECE)) {
      size += this.#waiting[count].length;
      count += 1;
    }
    this.#size -= size;
    if (this.#change !== undefined) this.#change.before -= count;
    return Buffer.from(this.#waiting.splice(0, count).join(''));
  }

  #sent(): void {
    this.#again_ms = AGAIN_MS;
    this.#mayChange();
    if (this.#piece === undefined && this.#size === 0 && this.#unsaid > 0) {
      this.#queue(this.#droppedLine(this.#unsaid, this.#why));
      this.#unsaid = 0;
      this.#why = undefined;
    }
    if (this.#isEmpty) for (const told of this.#emptied.splice(0)) told();
    else this.#send();
  }

  #failed(error: NodeJS.ErrnoException): void {
    if (this.#change !== undefined) {
      this.#changeNow(this.#change);
      this.#send();
      return;
    }
    this.#why = error.code;
    // The timer does not keep the process alive; `end` waits for the lines.
    this.#again = setTimeout(() => this.#retry(), this.#again_ms).unref();
    this.#again_ms = Math.min(this.#again_ms * 2, AGAIN_MAX_MS);
  }

  #retry(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    if (this.#change !== undefined) this.#changeNow(this.#change);
    this.#send();
  }
}
