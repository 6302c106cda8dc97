// The steps of `Inbound.feed` as objects of one shape for each kind, whatever the protocol: a handshake that reads several
// protocols then stays as fast as one that reads only one.
import type { HandshakeEnding } from '../race/ending.js';
import type { ClientAddress, Inbound, Incomplete, Misfit, Proceed, Refused } from './inbound.js';
import type { Spoken } from './spoken.js';

export const INCOMPLETE: Incomplete = { kind: 'incomplete' };

export function proceed(
  size: number,
  answer: Uint8Array | undefined,
  next: Inbound,
  client?: ClientAddress | undefined,
): Proceed {
  return { kind: 'proceed', size, answer, next, client };
}

/** `spoken`: what the client speaks, or is to speak here. `ending`: how the connection's record names this end. */
export function refused(
  spoken: Spoken,
  answer: Uint8Array | undefined,
  ending: HandshakeEnding,
  misfit?: Misfit,
): Refused {
  return { kind: 'refused', spoken, answer, ending, misfit };
}
