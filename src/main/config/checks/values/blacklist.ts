// Checks IpBlacklist: the addresses that direct lines never dial. A bad entry is skipped with a warning, not an error, since
// TcpRoute's documentation has 456.456.456.456 as an example. It does not match addresses.
import { formatIpRange, parseIpRange } from '../../../../protocol/address/ip-range.js';
import { shown } from '../../diagnostics/mask.js';
import { inside } from '../../diagnostics/place.js';
import { warnOfHostBits } from './host-bits.js';
import type { Check } from './setting.js';

/** A bound, not a recommendation: every connection is compared with the list. */
const ENTRIES_MAX = 100_000;
export const BLACKLIST_ALLOWED = `a list of at most ${ENTRIES_MAX} IP addresses and ranges, such as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32`;

export const checkBlacklist: Check<readonly string[]> = (value, place, diagnostics) => {
  if (!Array.isArray(value) || value.length > ENTRIES_MAX) {
    diagnostics.reject(place, value, BLACKLIST_ALLOWED);
    return undefined;
  }
  const addresses = new Set<string>();
  for (const [index, entry] of value.entries()) {
    const range = typeof entry === 'string' ? parseIpRange(entry) : undefined;
    if (range === undefined)
      diagnostics.warn(inside(place, index), () => `${shown(entry, '')} is not an IP address or range: skipped`);
    else {
      addresses.add(formatIpRange(range));
      warnOfHostBits(entry, inside(place, index), diagnostics);
    }
  }
  return [...addresses];
};
