// The record layer of TLS (RFC 8446 section 5.1), as far as the first bytes of either side need it. It knows nothing of
// encrypted records and tells no versions apart: from SSL 3.0 to TLS 1.3 the major version in a record is 3.
export const ContentType = { alert: 21, handshake: 22 } as const;
export const MAJOR_VERSION = 3;
/** Content type (1), version (2), length of the content (2). */
export const RECORD_HEADER_SIZE = 5;
/** Bytes of content in a record that is not encrypted, at most. */
export const RECORD_LENGTH_MAX = 16_384;

/** Whether the first byte of a client may be that of TLS. */
export function canBeginTls(first: number): boolean {
  return first === ContentType.handshake;
}

/** A big-endian number of 16 bits. */
export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
