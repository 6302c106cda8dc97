// A terminal as a screen: takes it over, writes what has changed, and gives it back as it was, whatever ends the process but
// SIGKILL. It decides nothing of what is shown.
import type { ReadStream, WriteStream } from 'node:tty';
import { painted, type Spans } from '../drawing/paint.js';
import { type Key, keysIn } from './keys.js';

/** The other screen, no cursor, no wrapping at the right edge (xterm's private modes). */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
/** With no style, and at the end of the screen where a terminal has no other one. */
const LEAVE = '\x1b[0m\x1b[999;1H\r\n\x1b[?7h\x1b[?25h\x1b[?1049l';
const CLEAR = '\x1b[H\x1b[2J';
/** Before a line is written: behind a full one the cursor stands on its last character in some terminals. */
const TO_END_OF_LINE = '\x1b[K';
const lineAt = (row: number): string => `\x1b[${row + 1};1H`;

/** The rest of a key that a network has parted comes within that. */
const REST_MS = 50;
/** Of a terminal that does not tell its size. */
const USUAL = { columns: 80, rows: 24 } as const;

export interface ScreenHandlers {
  key(key: Key): void;
  /** The screen has another size, or was somebody else's meanwhile. */
  again(): void;
  /** The terminal has gone. */
  gone(): void;
}

export class Screen {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #hasColours: boolean;
  readonly #handlers: ScreenHandlers;
  #isOurs = false;
  /** What stands on the screen. */
  #lines: readonly string[] = [];
  #rest = '';
  #restTimer: NodeJS.Timeout | undefined;

  readonly #typed = (text: string): void => this.#type(text, false);
  readonly #resized = (): void => this.redraw();
  /** The shell that continues a stopped process had the terminal in its own mode. */
  readonly #continued = (): void => {
    this.#enter();
    this.redraw();
  };
  readonly #stopped = (): void => this.suspend();
  readonly #gone = (): void => this.#handlers.gone();
  /** Also after an error that nobody handles. */
  readonly #exits = (): void => this.#leave();

  constructor(input: ReadStream, output: WriteStream, hasColours: boolean, handlers: ScreenHandlers) {
    this.#input = input;
    this.#output = output;
    this.#hasColours = hasColours;
    this.#handlers = handlers;
  }

  open(): void {
    this.#input.setEncoding('utf8');
    this.#input.on('data', this.#typed).on('end', this.#gone).on('error', this.#gone);
    this.#output.on('resize', this.#resized).on('error', this.#gone);
    process.on('exit', this.#exits).on('SIGCONT', this.#continued).on('SIGTSTP', this.#stopped);
    this.#enter();
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = this.#output;
    return { columns: columns > 0 ? columns : USUAL.columns, rows: rows > 0 ? rows : USUAL.rows };
  }

  /** Writes the lines that are others than before. A terminal takes them at once, or blocks. */
  draw(lines: readonly Spans[]): void {
    if (!this.#isOurs) return;
    const before = this.#lines;
    this.#lines = lines.map((line) => painted(line, this.#hasColours));
    const count = Math.max(before.length, this.#lines.length);
    const changed = Array.from({ length: count }, (_, row) => {
      const line = this.#lines[row] ?? '';
      return line === before[row] ? '' : lineAt(row) + TO_END_OF_LINE + line;
    }).join('');
    if (changed !== '') this.#output.write(changed);
  }

  /** Draws all of it again. */
  redraw(): void {
    if (!this.#isOurs) return;
    this.#lines = [];
    this.#output.write(CLEAR);
    this.#handlers.again();
  }

  /** Stops the process, as ^Z does elsewhere. Where no shell could continue it, the kernel does not stop it. */
  suspend(): void {
    this.#leave();
    process.off('SIGTSTP', this.#stopped).off('SIGCONT', this.#continued);
    process.kill(process.pid, 'SIGTSTP');
    // It goes on here once it is continued.
    process.on('SIGTSTP', this.#stopped).on('SIGCONT', this.#continued);
    this.#continued();
  }

  /** Gives the terminal back. */
  close(): void {
    clearTimeout(this.#restTimer);
    process.off('exit', this.#exits).off('SIGCONT', this.#continued).off('SIGTSTP', this.#stopped);
    this.#leave();
    this.#input.off('data', this.#typed).off('end', this.#gone).off('error', this.#gone);
    this.#output.off('resize', this.#resized);
    this.#input.pause();
  }

  #enter(): void {
    const wasOurs = this.#isOurs;
    this.#isOurs = true;
    // A mode that Node believes to be set it does not set again.
    if (wasOurs) this.#input.setRawMode(false);
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#output.write(ENTER + CLEAR);
  }

  #leave(): void {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    try {
      this.#input.setRawMode(false);
    } catch {
      // The terminal has gone.
    }
    this.#output.write(LEAVE);
  }

  #type(text: string, isAll: boolean): void {
    clearTimeout(this.#restTimer);
    const { keys, rest } = keysIn(this.#rest + text, isAll);
    this.#rest = rest;
    if (rest !== '') this.#restTimer = setTimeout(() => this.#type('', true), REST_MS);
    for (const key of keys) this.#handlers.key(key);
  }
}
