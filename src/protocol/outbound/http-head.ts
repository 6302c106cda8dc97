// Reads the head of an HTTP/1 response, strictly (RFC 9112): status line and header fields. A bare CR or LF, a folded field,
// a NUL or another control character makes it broken, so that no two readers see its end at different places. It reads no
// body and knows no method.
import type { Decoded } from '../decoded.js';

export interface ResponseHead {
  /** From 100 to 999. */
  readonly status: number;
  /** The values of its Proxy-Status fields (RFC 9209), joined with commas; empty without one. */
  readonly proxyStatus: string;
}

const PREFIX = 'HTTP/1.';
const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const DELETE = 127;
/** RFC 9112 section 4. Many servers leave out the space before an empty reason. */
const STATUS_LINE = /^HTTP\/1\.\d ([1-9]\d\d)(?: .*)?$/;
/** Section 5: no space stands before the colon, and none at the beginning, which would be a folded field. */
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/;

const INCOMPLETE = { kind: 'incomplete' } as const;
const BROKEN = { kind: 'invalid', code: 'broken' } as const;

/** Reads the head that begins at `start`. */
export function readHead(bytes: Uint8Array, start: number): Decoded<ResponseHead, 'broken'> {
  for (let at = 0; at < PREFIX.length && start + at < bytes.length; at += 1)
    if (bytes[start + at] !== PREFIX.charCodeAt(at)) return BROKEN;
  let lineStart = start;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if ((byte >= SPACE && byte !== DELETE) || byte === TAB) continue;
    // Only CR LF is left.
    if (byte !== CR) return BROKEN;
    at += 1;
    if (at === bytes.length) return INCOMPLETE;
    if (bytes[at] !== LF) return BROKEN;
    if (at - lineStart === 1) return whole(bytes, start, at + 1);
    lineStart = at + 1;
  }
  return INCOMPLETE;
}

/** `end`: behind the empty line. */
function whole(bytes: Uint8Array, start: number, end: number): Decoded<ResponseHead, 'broken'> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  const [statusLine, ...lines] = text.slice(0, -4).split('\r\n');
  const status = STATUS_LINE.exec(statusLine)?.[1];
  if (status === undefined) return BROKEN;
  const proxyStatus: string[] = [];
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined) return BROKEN;
    if (name.toLowerCase() === 'proxy-status') proxyStatus.push(value.trim());
  }
  const value = { status: Number(status), proxyStatus: proxyStatus.join(', ') };
  return { kind: 'message', value, size: end - start };
}
