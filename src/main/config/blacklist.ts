// IpBlacklist: the addresses that direct lines never dial. A bad entry is skipped with a warning, as TcpRoute's own
// documentation gives 456.456.456.456 as an example. It does not match addresses.
import { dialledAddress } from './address.js';
import { shown } from './mask.js';
import { inside } from './place.js';
import type { Check } from './setting.js';

/** A bound, not a recommendation: the list is compared for every connection. */
const ENTRIES_MAX = 100_000;
export const BLACKLIST_ALLOWED = `a list of at most ${ENTRIES_MAX} IP addresses`;

export const checkBlacklist: Check<readonly string[]> = (value, place, findings) => {
  if (!Array.isArray(value) || value.length > ENTRIES_MAX) {
    findings.reject(place, value, BLACKLIST_ALLOWED);
    return undefined;
  }
  const addresses = new Set<string>();
  for (const [index, entry] of value.entries()) {
    const address = typeof entry === 'string' ? dialledAddress(entry) : undefined;
    if (address === undefined) findings.warn(inside(place, index), `${shown(entry, '')} is not an IP address: skipped`);
    else addresses.add(address);
  }
  return [...addresses];
};
