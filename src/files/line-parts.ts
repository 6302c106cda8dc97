// Parts a text that comes in pieces, from a file or over a connection, into its lines. It reads nothing.
import { StringDecoder } from 'node:string_decoder';
import { type NotRead, tooLarge } from './bounded-file.js';

/** In characters: a text without line ends must not be collected to its end. */
const LINE_LENGTH_MAX = 1 << 20;

/** `hasEnd`: whether a line end follows. Returns false to end the reading. */
export type TakeLine = (line: string, hasEnd: boolean) => boolean;

export type Ended = { readonly kind: 'read' } | Extract<NotRead, { readonly kind: 'unusable' }>;

export class LineParts {
  readonly #octets_max: number;
  readonly #take: TakeLine;
  readonly #decoder = new StringDecoder('utf8');
  #begun = '';
  #octets = 0;

  constructor(octets_max: number, take: TakeLine) {
    this.#octets_max = octets_max;
    this.#take = take;
  }

  /** Why no more is to be read: `take` has ended the reading, or the text is too large. Undefined: it goes on. */
  add(piece: Buffer): Ended | undefined {
    this.#octets += piece.length;
    const why = tooLarge(this.#octets, this.#octets_max);
    if (why !== undefined) return { kind: 'unusable', why };
    const text = this.#begun + this.#decoder.write(piece);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (!this.#take(text.slice(from, end), true)) return { kind: 'read' };
      from = end + 1;
    }
    this.#begun = text.slice(from);
    return this.#begun.length > LINE_LENGTH_MAX ? { kind: 'unusable', why: 'has a line that is too long' } : undefined;
  }

  /** The text has ended. */
  end(): void {
    const last = this.#begun + this.#decoder.end();
    if (last !== '') this.#take(last, false);
  }
}
