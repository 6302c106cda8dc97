// Whether the handshake of a QUIC connection gets on behind the server's first answer. Some networks let the first flight and its
// answer pass, and swallow what the client sends then. Only the form of its packets is seen: a client goes on to send Handshake
// packets, with long headers, until its server has confirmed the handshake (RFC 9001 section 4.9.2).
import { isLong } from './long-header.js';

/** From when on a long header is too late: three round trips of a slow line, in ms. Clients repeat at ever longer intervals. */
export const STUCK_MS = 2000;
/** After which nothing more is expected, in ms: clients have given up by then. */
export const WATCHED_MS = 10_000;

export type Progress = 'goes-on' | 'done' | 'stuck';

/** `first`: the first byte of a datagram of the client. `since_ms`: since the first answer. */
export function progressOf(first: number, since_ms: number): Progress {
  if (since_ms < STUCK_MS) return 'goes-on';
  if (since_ms >= WATCHED_MS) return 'done';
  return isLong(first) ? 'stuck' : 'goes-on';
}
