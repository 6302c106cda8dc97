// Finds the end of a chunked request body (RFC 9112 section 7.1) in bytes that come in pieces of any size. It is strict, since
// whoever reads a size or a line end in another way finds another end. It keeps no bytes and changes none.
import { isTokenByte } from './token.js';

/** Hexadecimal digits of a size: such a number is exact, and no chunk is that long. */
const DIGITS_MAX = 12;
/** Bytes of the extensions of one chunk. */
const EXTENSIONS_MAX = 1024;
/** Bytes of all trailer fields. */
const TRAILERS_MAX = 8192;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const SEMICOLON = 59;
const DELETE = 127;

const State = {
  size: 0,
  /** White space behind the size, which only an extension may follow. */
  gap: 1,
  extensions: 2,
  sizeEnd: 3,
  data: 4,
  dataCr: 5,
  dataEnd: 6,
  trailer: 7,
  trailerName: 8,
  trailerValue: 9,
  trailerEnd: 10,
  lastEnd: 11,
  over: 12,
  malformed: 13,
} as const;
type State = (typeof State)[keyof typeof State];

const isText = (octet: number): boolean => (octet >= SPACE && octet !== DELETE) || octet === TAB;

export class ChunkedBody {
  #state: State = State.size;
  /** Of the size: its value and digits so far. In the data: bytes that are missing. */
  #left = 0;
  #digits = 0;
  /** Bytes of the chunk's extensions, or of the trailer fields. */
  #length = 0;

  get isOver(): boolean {
    return this.#state === State.over;
  }

  /** Whether it is not chunked as it should be: its end is not known. */
  get isMalformed(): boolean {
    return this.#state === State.malformed;
  }

  /** Bytes that belong to it, whatever they are: data of the chunk that has begun. */
  get certain(): number {
    return this.#state === State.data ? this.#left : 0;
  }

  /** Takes the next bytes; returns how many of them belong to it. The first wrong byte does not. */
  take(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; ) {
      if (this.#state === State.data) {
        const size = Math.min(end - at, this.#left);
        this.pass(size);
        at += size;
        continue;
      }
      if (this.#state === State.over) return at - start;
      this.#state = this.#after(bytes[at]);
      if (this.#state === State.malformed) return at - start;
      at += 1;
    }
    return end - start;
  }

  /** The next `size` bytes, at most `certain`, belong to it and are not looked at. */
  pass(size: number): void {
    this.#left -= size;
    if (this.#left === 0) this.#state = State.dataCr;
  }

  /** The state after a byte outside of data. */
  #after(octet: number): State {
    switch (this.#state) {
      case State.size:
        return this.#afterSize(octet);
      case State.gap:
        // RFC 9112 section 7.1.1 asks to put up with white space before an extension, of which nobody sends more.
        if (octet === SEMICOLON) return this.#more(EXTENSIONS_MAX, State.extensions);
        return octet === SPACE || octet === TAB ? this.#more(EXTENSIONS_MAX, State.gap) : State.malformed;
      case State.extensions:
        if (octet === CR) return State.sizeEnd;
        return isText(octet) ? this.#more(EXTENSIONS_MAX, State.extensions) : State.malformed;
      case State.sizeEnd:
        return octet === LF ? this.#begin() : State.malformed;
      case State.dataCr:
        return octet === CR ? State.dataEnd : State.malformed;
      case State.dataEnd:
        if (octet !== LF) return State.malformed;
        this.#digits = 0;
        return State.size;
      case State.trailer:
        if (octet === CR) return State.lastEnd;
        return isTokenByte(octet) ? this.#more(TRAILERS_MAX, State.trailerName) : State.malformed;
      case State.trailerName:
        if (octet === COLON) return this.#more(TRAILERS_MAX, State.trailerValue);
        return isTokenByte(octet) ? this.#more(TRAILERS_MAX, State.trailerName) : State.malformed;
      case State.trailerValue:
        if (octet === CR) return State.trailerEnd;
        return isText(octet) ? this.#more(TRAILERS_MAX, State.trailerValue) : State.malformed;
      case State.trailerEnd:
        return octet === LF ? State.trailer : State.malformed;
      case State.lastEnd:
        return octet === LF ? State.over : State.malformed;
      default:
        return State.malformed;
    }
  }

  #afterSize(octet: number): State {
    const digit = Number.parseInt(String.fromCharCode(octet), 16);
    if (!Number.isNaN(digit)) {
      if (this.#digits === DIGITS_MAX) return State.malformed;
      this.#left = this.#digits === 0 ? digit : this.#left * 16 + digit;
      this.#digits += 1;
      return State.size;
    }
    if (this.#digits === 0) return State.malformed;
    this.#length = 0;
    if (octet === CR) return State.sizeEnd;
    if (octet === SEMICOLON) return State.extensions;
    return octet === SPACE || octet === TAB ? State.gap : State.malformed;
  }

  /** The size is known: its data follow, or, behind the last chunk, the trailer fields. */
  #begin(): State {
    this.#length = 0;
    return this.#left > 0 ? State.data : State.trailer;
  }

  /** One more byte of what is bounded. */
  #more(most: number, state: State): State {
    this.#length += 1;
    return this.#length > most ? State.malformed : state;
  }
}
