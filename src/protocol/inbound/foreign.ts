// Recognises by its first bytes which protocol a client speaks that no listener speaks, so that a client with a wrong setting
// can be named to the operator. It refuses nothing.

export type ForeignProtocol = 'TLS' | 'SSH' | 'PROXY';

const SIGNATURES: readonly (readonly [ForeignProtocol, Uint8Array])[] = [
  // A record with a handshake message (RFC 8446 section 5.1).
  ['TLS', Uint8Array.of(22, 3)],
  // RFC 4253 section 4.2.
  ['SSH', Buffer.from('SSH-')],
  // The PROXY header of proxies, versions 1 and 2, where none is expected.
  ['PROXY', Buffer.from('PROXY ')],
  ['PROXY', Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a)],
];

/** The protocol of the bytes from `start` to `end`; `incomplete` while more bytes can make them one; undefined for none. */
export function foreignProtocol(
  bytes: Uint8Array,
  start: number,
  end: number,
): ForeignProtocol | 'incomplete' | undefined {
  for (const [protocol, signature] of SIGNATURES) {
    if (begins(bytes, start, end, signature)) return end - start < signature.length ? 'incomplete' : protocol;
  }
  return undefined;
}

/** Whether the bytes and the signature are equal as far as both go. */
function begins(bytes: Uint8Array, start: number, end: number, signature: Uint8Array): boolean {
  const size = Math.min(end - start, signature.length);
  for (let i = 0; i < size; i += 1) if (bytes[start + i] !== signature[i]) return false;
  return true;
}
