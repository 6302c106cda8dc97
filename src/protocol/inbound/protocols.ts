// The ways in by name: what a listener can be set to.
import type { Inbound } from './inbound.js';
import { SOCKS5 } from './socks5.js';

const INBOUNDS = { socks5: SOCKS5 } as const;

export type InboundName = keyof typeof INBOUNDS;

export function inboundOf(name: InboundName): Inbound {
  return INBOUNDS[name];
}
