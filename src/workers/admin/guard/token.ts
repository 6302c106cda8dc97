// Whether a client has shown the token. The comparison takes the same time wherever the texts differ, and however long they are.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY = randomBytes(32);
const digest = (text: string): Buffer => createHmac('sha256', KEY).update(text).digest();

export const isToken = (shown: string, token: string): boolean => timingSafeEqual(digest(shown), digest(token));

/** From a header such as `Bearer TOKEN` (RFC 6750 section 2.1); undefined for none and for another scheme. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
