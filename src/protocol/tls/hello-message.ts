// A whole ClientHello as a handshake message in one piece (RFC 8446 section 4.1.2), without the records of TLS or the frames
// of QUIC around it: whether its lengths agree, and its extensions. It judges no version, cipher or extension.
import { readUint16 } from './record.js';

export const CLIENT_HELLO = 1;
/** Type and length (3) of a handshake message (RFC 8446 section 4). */
export const MESSAGE_HEADER_SIZE = 4;
/** Version (2), random (32), and the shortest lists: no session, one cipher suite, one compression method. */
export const MESSAGE_SIZE_MIN = MESSAGE_HEADER_SIZE + 2 + 32 + 1 + 4 + 2;
export const Extension = { serverName: 0, protocols: 16, earlyData: 42 } as const;
const SESSION_ID_MAX = 32;
const BROKEN = -2;

/** A message in one piece with all lengths checked: where its extensions begin, and where they and the message end. */
export interface HelloMessage {
  readonly bytes: Uint8Array;
  readonly extensions: number;
  readonly end: number;
}

/** Of at least MESSAGE_SIZE_MIN bytes, which the header counts. Undefined if the lengths inside contradict each other. */
export function openHelloMessage(bytes: Uint8Array, start: number, end: number): HelloMessage | undefined {
  const extensions = findExtensions(bytes, start, end);
  return extensions === BROKEN ? undefined : { bytes, extensions, end };
}

/**
 * Where the extensions of a message begin; `end` if it has none, as is allowed before TLS 1.3; BROKEN if any length up to
 * the end is wrong.
 */
function findExtensions(bytes: Uint8Array, message: number, end: number): number {
  let at = message + MESSAGE_HEADER_SIZE + 2 + 32;
  if (bytes[at] > SESSION_ID_MAX) return BROKEN;
  at += 1 + bytes[at];
  if (at + 2 > end) return BROKEN;
  const suites = readUint16(bytes, at);
  if (suites < 2 || suites % 2 !== 0) return BROKEN;
  at += 2 + suites;
  if (at >= end || bytes[at] === 0) return BROKEN;
  at += 1 + bytes[at];
  if (at === end) return end;
  if (at + 2 > end || at + 2 + readUint16(bytes, at) !== end) return BROKEN;
  const first = at + 2;
  for (at = first; at + 4 <= end; ) at += 4 + readUint16(bytes, at + 2);
  return at === end ? first : BROKEN;
}

/** Where the content of the first extension of a type begins, behind its length; below 0 if there is none. */
export function findExtension({ bytes, extensions, end }: HelloMessage, type: number): number {
  for (let at = extensions; at < end; at += 4 + readUint16(bytes, at + 2)) {
    if (readUint16(bytes, at) === type) return at + 4;
  }
  return -1;
}
