// The integrity tag of Retry packets (RFC 9001 section 5.8): it shows that the sender has seen the client's first packet.
import { createDecipheriv } from 'node:crypto';
import { isSameId, type LongPacket, RETRY_TAG_SIZE } from './long-header.js';
import type { QuicVersion } from './versions.js';

/**
 * `destination`: the destination connection id of the client's first Initial packet. A Retry without a token, or one that keeps
 * the client's choice of an id, is none (RFC 9000 section 17.2.5.2).
 */
export function isAuthenticRetry(
  version: QuicVersion,
  destination: Uint8Array,
  bytes: Uint8Array,
  { start, body, tokenSize, source, sourceSize }: LongPacket,
): boolean {
  if (tokenSize === 0 || isSameId(bytes, source, sourceSize, destination)) return false;
  const decipher = createDecipheriv('aes-128-gcm', version.retryKey, version.retryNonce, {
    authTagLength: RETRY_TAG_SIZE,
  });
  decipher.setAAD(Buffer.concat([Uint8Array.of(destination.length), destination, bytes.subarray(start, body)]));
  decipher.setAuthTag(bytes.subarray(body, body + RETRY_TAG_SIZE));
  try {
    decipher.final();
    return true;
  } catch {
    // The tag is wrong, which node:crypto tells in no other way.
    return false;
  }
}
