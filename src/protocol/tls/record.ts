// The record that frames all of TLS (RFC 8446 section 5.1), as far as the first bytes of either side need it. It knows of
// nothing that is encrypted, and of no version: every one from SSL 3.0 to TLS 1.3 writes 3 as the major one.
export const ContentType = { alert: 21, handshake: 22 } as const;
export const MAJOR_VERSION = 3;
/** Content type, version (2), length of what follows (2). */
export const RECORD_HEADER_SIZE = 5;
/** What a record that is not encrypted holds at most. */
export const RECORD_LENGTH_MAX = 16_384;

/** Whether the first byte of a client may be that of TLS. */
export function canBeginTls(first: number): boolean {
  return first === ContentType.handshake;
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
