// Classifies a server's first bytes as an answer to a ClientHello: the handshake goes on, the server refuses, or the bytes
// are not TLS. It reads record headers and alerts only: whether the handshake succeeds, and with whom, the client judges.
import { ContentType, MAJOR_VERSION, RECORD_HEADER_SIZE, RECORD_LENGTH_MAX, readUint16 } from './record.js';

/** Level and description (RFC 8446 section 6). An alert that is not encrypted is alone in its record. */
const ALERT_SIZE = 2;
const WARNING = 1;
const CLOSE_NOTIFY = 0;
/** Warnings before an answer. One is seen in use (unrecognized_name); OpenSSL gives up at five. */
const WARNINGS_MAX = 4;

/** Bytes after which the answer is never `incomplete`; an `alert` ends within them too. */
export const ANSWER_SIZE_MAX = (WARNINGS_MAX + 1) * (RECORD_HEADER_SIZE + ALERT_SIZE);

/**
 * - `handshake`: the server takes part, with a ServerHello or a HelloRetryRequest
 * - `alert`: the server refuses or closes
 * - `other`: the server does not speak TLS
 * - `incomplete`: there is no answer yet. Warnings are none (RFC 6066 section 3), but are to be kept for the client
 */
export type ServerWords = 'handshake' | 'alert' | 'other' | 'incomplete';

/** Classifies the bytes from `start` to `end`: all that the server has sent so far. */
export function readServerWords(bytes: Uint8Array, start: number, end: number): ServerWords {
  let at = start;
  for (let warnings = 0; ; warnings += 1) {
    if (at >= end) return 'incomplete';
    if (bytes[at] !== ContentType.handshake && bytes[at] !== ContentType.alert) return 'other';
    if (at + 1 < end && bytes[at + 1] !== MAJOR_VERSION) return 'other';
    if (end - at < RECORD_HEADER_SIZE) return 'incomplete';
    const length = readUint16(bytes, at + 3);
    if (bytes[at] === ContentType.handshake) return length > 0 && length <= RECORD_LENGTH_MAX ? 'handshake' : 'other';
    if (length !== ALERT_SIZE) return 'other';
    const alert = at + RECORD_HEADER_SIZE;
    if (end - alert < ALERT_SIZE) return 'incomplete';
    // Nothing follows a close_notify of any level. An alert that is not a warning is fatal.
    if (bytes[alert] !== WARNING || bytes[alert + 1] === CLOSE_NOTIFY || warnings === WARNINGS_MAX) return 'alert';
    at = alert + ALERT_SIZE;
  }
}
