// The integrity tag of Retry packets (RFC 9001 section 5.8): it shows that the sender has seen the client's first packet.
import { isSameId, type LongPacket } from './long-header.js';
import { unsealed } from './packet-protection.js';
import type { QuicVersion } from './versions.js';

/**
 * `destination`: the destination connection id of the client's first Initial packet. A Retry without a token, or one that keeps
 * the client's choice of an id, is none (RFC 9000 section 17.2.5.2).
 */
export function isAuthenticRetry(
  version: QuicVersion,
  destination: Uint8Array,
  bytes: Uint8Array,
  { start, body, end, tokenSize, source, sourceSize }: LongPacket,
): boolean {
  if (tokenSize === 0 || isSameId(bytes, source, sourceSize, destination)) return false;
  const pseudoPacket = Buffer.concat([Uint8Array.of(destination.length), destination, bytes.subarray(start, body)]);
  return unsealed(version.retryKey, version.retryNonce, pseudoPacket, bytes.subarray(body, end)) !== undefined;
}
