// Finds the end of a request's head (RFC 9112 section 2.1) in bytes that come in pieces of any size. It looks at each byte once,
// and refuses what other parsers read in different ways: line ends that are not CR LF, folded lines, control characters. It
// keeps no bytes and reads no line.
import type { HttpFault } from './faults.js';

/** Bytes of a head with its last line end. Common servers take 8 to 32 KiB. */
export const HEAD_SIZE_MAX = 16_384;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DELETE = 127;

/** `line`: the request line is whole; the caller scans on. `whole`: the head is whole. */
export type Scan = 'incomplete' | 'line' | 'whole' | HttpFault;

export class HeadScan {
  /** Where the request line begins and ends, from the first byte of the message; the end is 0 until it is known. */
  lineStart = 0;
  lineEnd = 0;
  /** Bytes looked at; after `whole`, the size of the head. */
  size = 0;
  /** Where the line begins that is looked at. */
  #line = 0;
  #afterCr = false;

  /** `start` is the first byte of the message in each call, with all its bytes so far behind it. */
  scan(bytes: Uint8Array, start: number, end: number): Scan {
    const size = Math.min(end - start, HEAD_SIZE_MAX);
    let afterCr = this.#afterCr;
    for (let at = this.size; at < size; at += 1) {
      const octet = bytes[start + at];
      if (octet === LF || afterCr) {
        if (octet !== LF || !afterCr) return 'bare-line-end';
        afterCr = false;
        this.#afterCr = false;
        this.size = at + 1;
        const told = this.#endLine(at - 1);
        if (told !== undefined) return told;
      } else if (octet === CR) afterCr = true;
      else if (octet < SPACE ? octet !== TAB : octet === DELETE) return 'control-character';
      else if (at === this.#line && (octet === SPACE || octet === TAB)) return 'folded-line';
    }
    this.#afterCr = afterCr;
    this.size = Math.max(this.size, size);
    if (size < HEAD_SIZE_MAX) return 'incomplete';
    return this.lineEnd === 0 ? 'target-too-long' : 'head-too-long';
  }

  /** A line ends with the CR at `end`. One empty line before the request line is passed over (RFC 9112 section 2.2). */
  #endLine(end: number): Scan | undefined {
    const isEmpty = end === this.#line;
    this.#line = end + 2;
    if (this.lineEnd > 0) return isEmpty ? 'whole' : undefined;
    if (!isEmpty) {
      this.lineEnd = end;
      return 'line';
    }
    if (this.lineStart > 0) return 'request-line';
    this.lineStart = this.#line;
    return undefined;
  }
}
