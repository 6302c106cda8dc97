// The steps of `Inbound.feed` as objects of one shape for each kind, whatever the protocol: a handshake that reads several
// protocols then stays as fast as one that reads only one.
import type { ClientAddress, Inbound, Incomplete, Misfit, Proceed, Refused } from './inbound.js';

export const INCOMPLETE: Incomplete = { kind: 'incomplete' };

export function proceed(
  size: number,
  answer: Uint8Array | undefined,
  next: Inbound,
  client?: ClientAddress | undefined,
): Proceed {
  return { kind: 'proceed', size, answer, next, client };
}

/** `ending`: how the connection's record names this end. */
export function refused(answer: Uint8Array | undefined, ending: string, misfit?: Misfit): Refused {
  return { kind: 'refused', answer, ending, misfit };
}
