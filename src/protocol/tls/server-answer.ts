// What a server's first bytes are, as an answer to a ClientHello: the handshake goes on, it is refused, or this is no TLS.
// It looks at no more than the head of a record: whether the handshake will succeed, and with whom, is the client's to judge.
import { ContentType, MAJOR_VERSION, RECORD_HEADER_SIZE, RECORD_LENGTH_MAX, readUint16 } from './record.js';

/** Level and description (RFC 8446 section 6); one that is not encrypted comes whole and alone in its record. */
const ALERT_SIZE = 2;
const WARNING = 1;
const CLOSE_NOTIFY = 0;
/** Warnings that may come before an answer; one has been seen in use (unrecognized_name), five end OpenSSL's patience. */
const WARNINGS_MAX = 4;

/** Bytes of a server within which it is always known what they are; an `alert` ends within them too. */
export const ANSWER_SIZE_MAX = (WARNINGS_MAX + 1) * (RECORD_HEADER_SIZE + ALERT_SIZE);

/**
 * - `handshake`: it takes part, be it with a ServerHello or a HelloRetryRequest
 * - `alert`: it refuses, or closes
 * - `other`: it does not speak TLS
 * - `incomplete`: nothing is said yet. Warnings say nothing, what follows them does (RFC 6066 section 3); keep them
 */
export type ServerWords = 'handshake' | 'alert' | 'other' | 'incomplete';

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
    // After a close_notify nothing comes, whatever its level; what is no warning is fatal.
    if (bytes[alert] !== WARNING || bytes[alert + 1] === CLOSE_NOTIFY || warnings === WARNINGS_MAX) return 'alert';
    at = alert + ALERT_SIZE;
  }
}
