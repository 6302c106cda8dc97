// Adds this gateway to the Via field of responses (RFC 9110 section 7.6.3): a line behind each status line, that of interim
// responses too, and nothing else. The bytes of a response come in any pieces. It keeps at most the first bytes of a status line.
import { GATEWAY_NAME } from '../gateway-name.js';

/** What must be known of a status line: `HTTP/1.x nnn`. */
const BEGIN = 12;
const PREFIX = 'HTTP/1.';
const STATUS = /^HTTP\/1\.(\d) (\d)\d\d$/;
const LF = 10;
const CR = 13;
/** Bytes that are looked at; a final response begins before. */
const LOOKED_MAX = 65_536;

/** Where the next byte stands. `line`: in a status line. `head`: in the fields of an interim response, `empty` at a line's start. */
const State = { line: 0, head: 1, empty: 2, over: 3 } as const;
type State = (typeof State)[keyof typeof State];

export class ResponseVia {
  #state: State = State.line;
  #begin = '';
  #looked = 0;

  /** Whether the final response has begun, or this is none: the bytes behind are not looked at. */
  get isOver(): boolean {
    return this.#state === State.over;
  }

  /** The next bytes with what is added to them; undefined where nothing is. */
  pass(bytes: Uint8Array): Uint8Array | undefined {
    const parts: Uint8Array[] = [];
    let passed = 0;
    for (let at = 0; at < bytes.length && !this.isOver; at += 1) {
      const added = this.#step(bytes[at]);
      if (added === undefined) continue;
      parts.push(bytes.subarray(passed, at + 1), added);
      passed = at + 1;
    }
    return parts.length === 0 ? undefined : Buffer.concat([...parts, bytes.subarray(passed)]);
  }

  /** What follows the byte. */
  #step(byte: number): Uint8Array | undefined {
    this.#looked += 1;
    if (this.#looked > LOOKED_MAX) this.#state = State.over;
    switch (this.#state) {
      case State.line:
        return this.#statusLine(byte);
      case State.head:
        if (byte === LF) this.#state = State.empty;
        return undefined;
      case State.empty:
        if (byte === LF) this.#state = State.line;
        else if (byte !== CR) this.#state = State.head;
        return undefined;
      default:
        return undefined;
    }
  }

  #statusLine(byte: number): Uint8Array | undefined {
    if (byte === LF) return this.#field();
    if (this.#begin.length === BEGIN) return undefined;
    this.#begin += String.fromCharCode(byte);
    const known = this.#begin.slice(0, PREFIX.length);
    if (!PREFIX.startsWith(known)) this.#state = State.over;
    return undefined;
  }

  /** The status line is whole. */
  #field(): Uint8Array | undefined {
    const [, minor, hundreds] = STATUS.exec(this.#begin) ?? [];
    this.#begin = '';
    this.#state = hundreds === '1' ? State.empty : State.over;
    return minor === undefined ? undefined : Buffer.from(`Via: 1.${minor} ${GATEWAY_NAME}\r\n`, 'latin1');
  }
}
