// The content of a small system file, parsed, and read again after it has changed. It looks for a change at most once a
// second, when it is asked; a file that cannot be read is empty.
import { readFileSync, statSync } from 'node:fs';

const LOOK_MS = 1000;
/** Beyond any list that people keep in /etc/hosts. */
const OCTETS_MAX = 64 * 1024 * 1024;

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
    const state = stateOf(this.#path);
    if (state === this.#state) return this.#content;
    this.#state = state;
    this.#content = this.#parse(state === ABSENT ? '' : textOf(this.#path));
    return this.#content;
  }
}

const ABSENT = 'absent';

/** Changes with the file: also when another one is put in its place, as editors and DHCP clients do. */
function stateOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.size > OCTETS_MAX) return ABSENT;
  return `${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
