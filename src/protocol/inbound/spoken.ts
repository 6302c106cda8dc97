// What a client speaks whose handshake fails, for the counters.
import { INBOUND_NAMES } from '../inbound-name.js';

/** `unknown`: none of them, or the client left or was late before a way in refused it. */
export const SPOKEN = [...INBOUND_NAMES, 'proxy-header', 'unknown'] as const;

export type Spoken = (typeof SPOKEN)[number];
