// Why what is remembered of a destination leads or does not, whatever DNS and the rules would say of it now. Pure.
import { isSticky } from '../../routes/destination-key.js';
import type { DestinationMemory } from '../../routes/destination-memory.js';
import { type AddressAsked, reasonsOfAddress } from './address.js';
import type { Reason } from './reason.js';

export type RememberedParts = Pick<AddressAsked, 'preferences' | 'health' | 'ttl_ms' | 'refresh_ms'>;

/** For each candidate, in their order. `key`: of the destination. */
export function whyRemembered(
  key: string,
  memory: DestinationMemory,
  parts: RememberedParts,
  now: number,
): readonly (readonly Reason[])[] {
  const { candidates, best } = memory;
  const { ttl_ms, health } = parts;
  const leads = best?.isUsable(now, ttl_ms, isSticky(key)) && health.mayUse(best.line, now) && !memory.isHearsay;
  const asked: AddressAsked = {
    ...{ ...parts, memory, lead: leads ? best : undefined, leftOut: [], isSuspect: () => false, isTold: () => false },
  };
  return candidates.map((one) => reasonsOfAddress(one, one, asked, now));
}
