// Name and password of SOCKS5 as a way in (RFC 1929). It judges nobody: that is the caller's.
import { PASSWORD_VERSION } from '../socks-codes.js';
import type { Inbound } from './inbound.js';
import { nameText } from './name-text.js';
import { speaksSocks5 } from './spoken.js';
import { INCOMPLETE, proceed, refused } from './steps.js';

/** The answers (section 2). */
const ACCEPTED = Uint8Array.of(PASSWORD_VERSION, 0);
const DENIED = Uint8Array.of(PASSWORD_VERSION, 1);

const WRONG_VERSION = refused('socks5', DENIED, 'broke-protocol');
const WRONG = refused('socks5', DENIED, 'denied');

/**
 * Bytes of a name and password, at most 513; 0 while they are incomplete, -1 for another version. Either may be empty: the RFC
 * asks for an octet, but clients send the empty password of a user in this way.
 */
function sizeOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 1) return 0;
  if (bytes[start] !== PASSWORD_VERSION) return -1;
  if (length < 2) return 0;
  const nameSize = bytes[start + 1];
  if (length < 3 + nameSize) return 0;
  const size = 3 + nameSize + bytes[start + 2 + nameSize];
  return length < size ? 0 : size;
}

/** The client claims to be a user. A tag stays in the name. What is not UTF-8 becomes U+FFFD, which no user has. */
export const judgedPassword = (next: Inbound): Inbound => ({
  feed(bytes, start, end) {
    const size = sizeOf(bytes, start, end);
    if (size <= 0) return size === 0 ? INCOMPLETE : WRONG_VERSION;
    const nameEnd = start + 2 + bytes[start + 1];
    return {
      kind: 'claimed',
      name: nameText(bytes, start + 2, nameEnd),
      password: nameText(bytes, nameEnd + 1, start + size),
      accepted: proceed(size, ACCEPTED, next),
      denied: WRONG,
    };
  },
  speaks: speaksSocks5,
});

/** The client insists on a password where none is wanted: whatever it says is accepted and forgotten. */
export const anyPassword = (next: Inbound): Inbound => ({
  feed(bytes, start, end) {
    const size = sizeOf(bytes, start, end);
    if (size <= 0) return size === 0 ? INCOMPLETE : WRONG_VERSION;
    return proceed(size, ACCEPTED, next);
  },
  speaks: speaksSocks5,
});
