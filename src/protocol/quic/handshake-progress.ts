// Whether the handshake of a QUIC connection gets on behind the server's first answer. Some networks let the first flight and its
// answer pass, and swallow what the client sends then. Only the form of its packets is seen: a client goes on to send Handshake
// packets, with long headers, until its server has confirmed the handshake (RFC 9001 section 4.9.2).
// One socket of a client may have several connections, so packets of others are told apart by the client's own id.
import { isLong, isSameId, readLongPacket } from './long-header.js';

/** From when on a long header is too late: three round trips of a slow line, in ms. Clients repeat at ever longer intervals. */
export const STUCK_MS = 2000;
/** After which nothing more is expected, in ms: clients have given up by then. */
export const WATCHED_MS = 10_000;

export type Progress = 'goes-on' | 'done' | 'stuck';

/**
 * By a datagram of the client from `start` to `end`. `own`: the id that the client has chosen for itself, which may be empty.
 * `since_ms`: since the first answer.
 */
export function progressOf(own: Uint8Array, bytes: Uint8Array, start: number, end: number, since_ms: number): Progress {
  if (since_ms < STUCK_MS) return 'goes-on';
  if (since_ms >= WATCHED_MS) return 'done';
  if (!isLong(bytes[start])) return 'goes-on';
  const packet = readLongPacket(bytes, start, end);
  if (packet === undefined || !isSameId(bytes, packet.source, packet.sourceSize, own)) return 'goes-on';
  if (packet.type === 'handshake') return 'stuck';
  if (packet.type !== 'initial') return 'goes-on';
  // Without an id nothing tells a new connection from the one that is watched.
  return own.length > 0 ? 'stuck' : 'done';
}
