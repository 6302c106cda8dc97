// The ways in by name, as a listener names its protocol. What they do is in their own files.
import type { Inbound } from './inbound.js';
import { SOCKS5 } from './socks5.js';

const INBOUNDS = { socks5: SOCKS5 } as const;

export type InboundName = keyof typeof INBOUNDS;

/** The `Inbound` that reads a client's first message in this protocol. */
export function inboundOf(name: InboundName): Inbound {
  return INBOUNDS[name];
}
