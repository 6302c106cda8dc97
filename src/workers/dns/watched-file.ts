// The content of a small system file, parsed, and read again after it has changed. It looks for a change at most once a
// second, when it is asked; a file that cannot be read is empty.
import { readFileSync } from 'node:fs';
import { ABSENT, fileStateNow } from '../../files/file-state.js';

const LOOK_MS = 1000;

export class WatchedFile<Content> {
  readonly #path: string;
  readonly #parse: (text: string) => Content;
  readonly #now: () => number;
  #looked_ms = Number.NEGATIVE_INFINITY;
  #state = '';
  #content: Content;

  constructor(path: string, parse: (text: string) => Content, now: () => number) {
    this.#path = path;
    this.#parse = parse;
    this.#now = now;
    this.#content = parse('');
  }

  get content(): Content {
    const now_ms = this.#now();
    if (now_ms - this.#looked_ms < LOOK_MS) return this.#content;
    this.#looked_ms = now_ms;
    const state = fileStateNow(this.#path);
    if (state === this.#state) return this.#content;
    this.#state = state;
    this.#content = this.#parse(state === ABSENT ? '' : textOf(this.#path));
    return this.#content;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
