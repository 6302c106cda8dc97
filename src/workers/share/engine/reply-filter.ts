// Stands in front of the library's decoder, which makes room for whatever an engine announces: follows types, lengths and nesting of
// replies (RESP 2) across pieces, and lets through only what is bounded. A string that is longer than any that is asked for is left
// out on the way, so that one value that somebody has written costs no more than itself; anything else ends the connection.
// It connects nothing and asks nothing.

/** A line: an error, a number, the head of a string or an array. */
const LINE_MAX = 4096;
/** Bytes of a string that is let through: what a gateway says of itself is the longest, with 2 KiB. */
export const STRING_MAX = 4096;
/** Elements of one array: the list of all gateways is the longest. */
const ARRAY_MAX = 4096;
/** Arrays in arrays: HELLO has four, where a module has arguments. */
const DEPTH_MAX = 6;
/** Until the next answer is whole: elements, bytes that are let through, and bytes that are left out. Each costs CPU time. */
const ELEMENTS_MAX = 16_384;
const BYTES_MAX = 4 * 1024 * 1024;
const LEFT_OUT_MAX = 16 * 1024 * 1024;

const [CR, LF] = [13, 10];
const NOTHING = Buffer.alloc(0);
const NO_STRING = Buffer.from('$-1\r\n');
const LENGTH = /^(?:-1|0|[1-9]\d{0,9})$/;
const NUMBER = /^[-+]?\d{1,19}$/;

export type Filtered =
  | { readonly kind: 'passed'; readonly pieces: readonly Buffer[] }
  /** `why`: a part of a sentence. Nothing of this piece may be used. */
  | { readonly kind: 'refused'; readonly why: string };

const NOT_ASKED = 'it sends more than it was asked for';
const NO_REPLY = 'it sends what is no reply of Redis';

export class ReplyFilter {
  /** A line that has begun. */
  #line: Buffer = NOTHING;
  /** Bytes of a string that are still to come, with the end of its line. */
  #body = 0;
  #isLeftOut = false;
  /** Elements that are still to come of each array that has begun, the outermost one first. */
  readonly #open: number[] = [];
  #elements = 0;
  #bytes = 0;
  #leftOut = 0;

  /** An answer that was asked for is whole. */
  answered(): void {
    this.#elements = 0;
    this.#bytes = 0;
    this.#leftOut = 0;
  }

  /** What the decoder may have of the next piece. Lines are whole in it. Of no use any more once it has refused one. */
  take(piece: Buffer): Filtered {
    const pieces: Buffer[] = [];
    let from = 0;
    let at = 0;
    const pass = (to: number): void => {
      if (to > from) pieces.push(piece.subarray(from, to));
      from = at;
    };
    while (at < piece.length) {
      if (this.#body > 0) {
        const end = Math.min(piece.length, at + this.#body);
        if (!this.#isBody(piece.subarray(at, end))) return { kind: 'refused', why: NO_REPLY };
        at = end;
        if (this.#isLeftOut) from = at;
        if (this.#body === 0) this.#whole();
        continue;
      }
      const begin = at;
      const last = piece.indexOf(LF, at);
      at = last === -1 ? piece.length : last + 1;
      const isBegun = this.#line.length > 0;
      const line = isBegun ? Buffer.concat([this.#line, piece.subarray(begin, at)]) : piece.subarray(begin, at);
      if (line.length > LINE_MAX) return { kind: 'refused', why: NOT_ASKED };
      if (last === -1) {
        pass(begin);
        this.#line = Buffer.from(line);
        break;
      }
      this.#line = NOTHING;
      const why = this.#head(line);
      if (why !== undefined) return { kind: 'refused', why };
      if (!isBegun && !this.#isLeftOut) continue;
      pass(begin);
      pieces.push(this.#isLeftOut ? NO_STRING : line);
    }
    pass(piece.length);
    for (const { length } of pieces) this.#bytes += length;
    return this.#bytes > BYTES_MAX ? { kind: 'refused', why: NOT_ASKED } : { kind: 'passed', pieces };
  }

  /** A part of a string, and of the end of its line. */
  #isBody(part: Buffer): boolean {
    const [cr, lf] = [part[this.#body - 2], part[this.#body - 1]];
    if ((cr !== undefined && cr !== CR) || (lf !== undefined && lf !== LF)) return false;
    // Its last byte but one came with an earlier part.
    this.#body -= part.length;
    return true;
  }

  /** Why a line is refused. */
  #head(line: Buffer): string | undefined {
    this.#isLeftOut = false;
    if (line.indexOf(CR) !== line.length - 2) return NO_REPLY;
    this.#elements += 1;
    if (this.#elements > ELEMENTS_MAX) return NOT_ASKED;
    const said = line.toString('latin1', 1, line.length - 2);
    switch (line.toString('latin1', 0, 1)) {
      case '+':
      case '-':
        this.#whole();
        return undefined;
      case ':':
        if (!NUMBER.test(said)) return NO_REPLY;
        this.#whole();
        return undefined;
      case '$':
        return LENGTH.test(said) ? this.#string(Number(said)) : NO_REPLY;
      case '*':
        return LENGTH.test(said) ? this.#array(Number(said)) : NO_REPLY;
      default:
        return NO_REPLY;
    }
  }

  /** `length`: -1 where there is none. */
  #string(length: number): string | undefined {
    if (length === -1) this.#whole();
    else this.#body = length + 2;
    if (length <= STRING_MAX) return undefined;
    this.#isLeftOut = true;
    this.#leftOut += length;
    return this.#leftOut > LEFT_OUT_MAX ? NOT_ASKED : undefined;
  }

  #array(length: number): string | undefined {
    if (length > ARRAY_MAX || this.#open.length >= DEPTH_MAX) return NOT_ASKED;
    if (length > 0) this.#open.push(length);
    else this.#whole();
    return undefined;
  }

  /** An element has ended, and with it each array of which it was the last one. */
  #whole(): void {
    for (let left = this.#open.pop(); left !== undefined; left = this.#open.pop()) {
      if (left === 1) continue;
      this.#open.push(left - 1);
      return;
    }
  }
}
