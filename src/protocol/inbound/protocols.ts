// The ways in by name, as a listener names its protocols. What they do is in their own files.
import type { InboundName } from '../inbound-name.js';
import type { Inbound } from './inbound.js';
import { SOCKS5 } from './socks5.js';

const INBOUNDS: Readonly<Record<InboundName, Inbound>> = { socks5: SOCKS5 };

/**
 * The `Inbound` that reads a client's first message, in one of these protocols. `wantsUser`: a client that names no user is
 * refused.
 */
export function inboundOf([name]: readonly InboundName[], _wantsUser: boolean): Inbound {
  return INBOUNDS[name];
}
