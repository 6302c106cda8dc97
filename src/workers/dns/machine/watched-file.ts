// The parsed content of a small system file, read again after a change. It has no timer: it looks for a change when
// `content` is read, at most once a second. A file that cannot be read counts as empty.
import { readBounded } from '../../../files/bounded-file.js';
import { ABSENT, fileStateNow } from '../../../files/file-state.js';
import type { Warn } from '../../../files/state-file.js';

const LOOK_MS = 1000;
/** In bytes: more than any resolv.conf or nsswitch.conf has. */
const OCTETS_MAX = 256 * 1024;

interface Limits {
  readonly octets_max: number;
  /** Called for a file that exists and cannot be used. */
  readonly warn: Warn;
}

export class WatchedFile<Content> {
  readonly #path: string;
  readonly #parse: (text: string) => Content;
  readonly #now: () => number;
  readonly #limits: Limits;
  #looked_ms = Number.NEGATIVE_INFINITY;
  #state = '';
  #content: Content;

  constructor(path: string, parse: (text: string) => Content, now: () => number, limits: Partial<Limits> = {}) {
    this.#path = path;
    this.#parse = parse;
    this.#now = now;
    this.#limits = { octets_max: OCTETS_MAX, warn: () => {}, ...limits };
    this.#content = parse('');
  }

  get content(): Content {
    const now_ms = this.#now();
    if (now_ms - this.#looked_ms < LOOK_MS) return this.#content;
    this.#looked_ms = now_ms;
    const state = fileStateNow(this.#path);
    if (state === this.#state) return this.#content;
    this.#state = state;
    this.#content = this.#parse(state === ABSENT ? '' : this.#read());
    return this.#content;
  }

  #read(): string {
    const { octets_max, warn } = this.#limits;
    const read = readBounded(this.#path, { octets_max });
    if (read.kind === 'read') return read.bytes.toString('utf8');
    if (read.kind === 'unusable') warn(`${this.#path} is ignored: it ${read.why}`);
    return '';
  }
}
