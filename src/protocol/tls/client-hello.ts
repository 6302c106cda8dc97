// Reads a client's first TLS message, the ClientHello (RFC 8446 section 4.1.2), from one or more records, to tell whether it
// is whole, alone and may be sent again. It judges no version, cipher or extension, decrypts nothing (of an encrypted
// ClientHello it sees the outer one), checks no certificate, and keeps no bytes. It does not accept SSLv2's hello.
import type { Decoded } from '../decoded.js';
import {
  CLIENT_HELLO,
  Extension,
  findExtension,
  type HelloMessage,
  MESSAGE_HEADER_SIZE,
  MESSAGE_SIZE_MIN,
  openHelloMessage,
} from './hello-message.js';
import { ContentType, MAJOR_VERSION, RECORD_HEADER_SIZE, readUint16 } from './record.js';

/** Bytes of the longest ClientHello that is read, with its record headers; the largest in use have about 2 KB. */
export const HELLO_SIZE_MAX = 16_384;

export interface ClientHello {
  /** Early data follows, on which a server may act at once: it must reach one server only (RFC 8446 section 8). */
  readonly earlyData: boolean;
}

/**
 * - `not-client-hello`: another protocol or another TLS message; returned at the first byte that shows it
 * - `malformed`: lengths contradict each other, or another kind of record interrupts the message
 * - `not-alone`: more handshake bytes follow the message in its last record
 * - `too-long`: more than HELLO_SIZE_MAX
 */
export type ClientHelloError = 'not-client-hello' | 'malformed' | 'not-alone' | 'too-long';

const INCOMPLETE = { kind: 'incomplete' } as const;
const NOT_CLIENT_HELLO = { kind: 'invalid', code: 'not-client-hello' } as const;
const MALFORMED = { kind: 'invalid', code: 'malformed' } as const;
const NOT_ALONE = { kind: 'invalid', code: 'not-alone' } as const;
const TOO_LONG = { kind: 'invalid', code: 'too-long' } as const;
type Fault = typeof NOT_CLIENT_HELLO | typeof MALFORMED | typeof NOT_ALONE | typeof TOO_LONG;

/**
 * Reads a ClientHello from all bytes that a client has sent so far. Call it again with more bytes after `incomplete`: it
 * reads only headers until the message is whole. The ClientHello may be sent to another server if it has no early data and
 * `size` (its bytes with all record headers) is all that the client has sent.
 */
export function readClientHello(bytes: Uint8Array, start: number, end: number): Decoded<ClientHello, ClientHelloError> {
  const found = findEnd(bytes, start, end);
  if (typeof found !== 'number') return found;
  const message = openMessage(bytes, start, found);
  if (message === undefined) return MALFORMED;
  const earlyData = findExtension(message, Extension.earlyData) >= 0;
  return { kind: 'message', value: { earlyData }, size: found - start };
}

/**
 * The end of the record that carries the message's last byte. Reads headers only, from record to record. The first fault
 * in the order of the bytes is returned, so that further bytes never change the result.
 */
function findEnd(bytes: Uint8Array, start: number, end: number): number | typeof INCOMPLETE | Fault {
  /** Bytes of the message's header read so far; `size` is the message's size once all four are. */
  let seen = 0;
  let size = 0;
  /** Bytes of the message in the records before this one. */
  let before = 0;
  for (let at = start; ; ) {
    const fault = recordFault(bytes, at, end);
    if (fault !== undefined) return fault === NOT_CLIENT_HELLO && at !== start ? MALFORMED : fault;
    if (end - at < RECORD_HEADER_SIZE) return INCOMPLETE;
    const content = at + RECORD_HEADER_SIZE;
    const length = readUint16(bytes, at + 3);
    const next = content + length;
    if (next - start > HELLO_SIZE_MAX) return TOO_LONG;
    for (let i = content; i < next && i < end && seen < MESSAGE_HEADER_SIZE; i += 1, seen += 1) {
      if (seen === 0 && bytes[i] !== CLIENT_HELLO) return NOT_CLIENT_HELLO;
      if (seen === 1 && bytes[i] !== 0) return TOO_LONG;
      if (seen >= 2) size = (size << 8) | bytes[i];
      if (seen === 3) size += MESSAGE_HEADER_SIZE;
    }
    if (seen === MESSAGE_HEADER_SIZE) {
      if (size < MESSAGE_SIZE_MIN) return MALFORMED;
      const after = size - before - length;
      if (after < 0) return NOT_ALONE;
      if (after > 0 && next + RECORD_HEADER_SIZE + after - start > HELLO_SIZE_MAX) return TOO_LONG;
      if (after === 0 && next <= end) return next;
    }
    if (next > end) return INCOMPLETE;
    before += length;
    at = next;
  }
}

/** The fault in a record's header, as far as it has arrived. An empty record is forbidden (RFC 8446 section 5.1). */
function recordFault(bytes: Uint8Array, at: number, end: number): Fault | undefined {
  if (at < end && bytes[at] !== ContentType.handshake) return NOT_CLIENT_HELLO;
  if (at + 1 < end && bytes[at + 1] !== MAJOR_VERSION) return NOT_CLIENT_HELLO;
  if (at + 3 < end && bytes[at + 3] >= HELLO_SIZE_MAX >> 8) return TOO_LONG;
  if (at + 4 < end && readUint16(bytes, at + 3) === 0) return NOT_CLIENT_HELLO;
  return undefined;
}

/** undefined if the lengths contradict each other. The upper byte of the message's length is 0, as `findEnd` has checked. */
function openMessage(bytes: Uint8Array, start: number, end: number): HelloMessage | undefined {
  const source = joined(bytes, start, end);
  const at = source === bytes ? start + RECORD_HEADER_SIZE : 0;
  const messageEnd = at + MESSAGE_HEADER_SIZE + readUint16(source, at + 2);
  return openHelloMessage(source, at, messageEnd);
}

/** Memory for joining a message of several records. Nothing refers to it when `readClientHello` has returned. */
const JOINED = new Uint8Array(HELLO_SIZE_MAX);

/** `bytes` itself when the message is in one record, as nearly always; else JOINED, with the message at offset 0. */
function joined(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start + RECORD_HEADER_SIZE + readUint16(bytes, start + 3) === end) return bytes;
  let filled = 0;
  for (let at = start; at < end; ) {
    const content = at + RECORD_HEADER_SIZE;
    const next = content + readUint16(bytes, at + 3);
    for (let i = content; i < next; i += 1, filled += 1) JOINED[filled] = bytes[i];
    at = next;
  }
  return JOINED;
}
