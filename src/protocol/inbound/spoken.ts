// What a client speaks whose handshake fails, for the counters.
import { INBOUND_NAMES } from '../inbound-name.js';

/** `unknown`: none of them, or the client left or was late before it had sent enough to tell. */
export const SPOKEN = [...INBOUND_NAMES, 'proxy-header', 'unknown'] as const;

export type Spoken = (typeof SPOKEN)[number];

/** What each way in says of a client that has begun to speak to it. */
export const speaksSocks5 = (): Spoken => 'socks5';
export const speaksSocks4 = (): Spoken => 'socks4';
export const speaksHttp = (): Spoken => 'http';
