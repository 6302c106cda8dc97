// `tcproute passwd`: asks for a password and makes the hash that stands for it in the configuration. On a terminal it asks twice,
// without echo; from a pipe or a file it reads one line. It reads no configuration and writes no file.
import type { ReadStream } from 'node:tty';
import { isPassword, PASSWORD_ALLOWED } from '../../protocol/users/credentials.js';
import { formatPhc } from '../../protocol/users/phc.js';
import { hashPassword } from '../users/scrypt.js';

export type NewHash =
  | { readonly kind: 'hash'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** By ^C or ^D. */
  | { readonly kind: 'interrupted' };

/** More than any password; a longer line is not read to its end. */
const LINE_MAX = 4096;
/** What the decoder of a stream makes of bytes that are not UTF-8. */
const NOT_UTF8 = '\uFFFD';

/** `prompt` writes to the terminal. */
export async function newHash(input: ReadStream, prompt: (text: string) => void): Promise<NewHash> {
  const asked = input.isTTY ? await askTwice(input, prompt) : await firstLine(input);
  if (typeof asked !== 'string') return asked;
  if (asked.includes(NOT_UTF8)) return { kind: 'failed', reason: 'standard input is not UTF-8 text' };
  if (!isPassword(asked)) return { kind: 'failed', reason: `this cannot be a password; allowed: ${PASSWORD_ALLOWED}` };
  return { kind: 'hash', text: formatPhc(await hashPassword(asked)) };
}

async function askTwice(terminal: ReadStream, prompt: (text: string) => void): Promise<string | NewHash> {
  const keys = new Keys(terminal);
  try {
    prompt('Password: ');
    const first = await keys.line();
    prompt('\n');
    if (first === undefined) return { kind: 'interrupted' };
    prompt('Again: ');
    const second = await keys.line();
    prompt('\n');
    if (second === undefined) return { kind: 'interrupted' };
    return first === second ? first : { kind: 'failed', reason: 'the two passwords differ' };
  } finally {
    keys.close();
  }
}

const Key = { interrupt: '\x03', end: '\x04', backspace: '\b', erase: '\x15', delete: '\x7f' } as const;

/** What is typed at a terminal, without echo, until `close`. In this mode ^C is a character, and ends no process. */
class Keys {
  readonly #terminal: ReadStream;
  readonly #typed = (text: string): void => {
    this.#unread += text;
    this.#read();
  };
  readonly #ended = (): void => {
    this.#unread += Key.interrupt;
    this.#read();
  };
  #unread = '';
  #line = '';
  /** Undefined while no line is asked for: then nothing is read. */
  #finish: ((line: string | undefined) => void) | undefined;

  constructor(terminal: ReadStream) {
    this.#terminal = terminal;
    terminal.setRawMode(true);
    terminal.setEncoding('utf8');
    terminal.on('data', this.#typed);
    terminal.once('end', this.#ended);
    terminal.resume();
  }

  /** The next line; undefined after ^C, or ^D in place of one. */
  line(): Promise<string | undefined> {
    this.#line = '';
    return new Promise((resolve) => {
      this.#finish = (line) => {
        this.#finish = undefined;
        resolve(line);
      };
      this.#read();
    });
  }

  /** What is behind a line is left for the next one: both may be pasted at once. */
  #read(): void {
    for (const key of this.#unread) {
      if (this.#finish === undefined) return;
      this.#unread = this.#unread.slice(key.length);
      if (key === '\r' || key === '\n') this.#finish(this.#line);
      else if (key === Key.interrupt || (key === Key.end && this.#line === '')) this.#finish(undefined);
      else if (key === Key.delete || key === Key.backspace) this.#line = [...this.#line].slice(0, -1).join('');
      else if (key === Key.erase) this.#line = '';
      else if (this.#line.length < LINE_MAX) this.#line += key;
    }
  }

  /** Gives the terminal its echo back. */
  close(): void {
    this.#terminal.off('data', this.#typed);
    this.#terminal.off('end', this.#ended);
    this.#terminal.setRawMode(false);
    this.#terminal.pause();
  }
}

/** The first line of a pipe or a file, without its end. */
async function firstLine(input: ReadStream): Promise<string> {
  let text = '';
  input.setEncoding('utf8');
  for await (const chunk of input) {
    text += chunk;
    if (text.includes('\n') || text.length > LINE_MAX) break;
  }
  return (text.split('\n', 1)[0] as string).replace(/\r$/, '');
}
