// Checks IpBlacklist: the addresses that direct lines never dial. A bad entry is skipped with a warning, not an error, since
// TcpRoute's documentation has 456.456.456.456 as an example. It does not match addresses.
import { formatIpRange, parseIpRange } from '../../../../protocol/address/ip-range.js';
import { shown } from '../../diagnostics/mask.js';
import { warnOfHostBits } from './host-bits.js';
import { oneOrList } from './one-or-list.js';
import type { Check } from './setting.js';

/** A bound, not a recommendation: every connection is compared with the list. */
const ENTRIES_MAX = 100_000;
export const BLACKLIST_ALLOWED = `an IP address or range, or a list of at most ${ENTRIES_MAX} such: 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32`;

export const checkBlacklist: Check<readonly string[]> = (value, place, diagnostics) => {
  const entries = oneOrList(value, place, 0, ENTRIES_MAX);
  if (entries === undefined) {
    diagnostics.reject(place, value, BLACKLIST_ALLOWED);
    return undefined;
  }
  const addresses = new Set<string>();
  for (const [entry, at] of entries) {
    const range = typeof entry === 'string' ? parseIpRange(entry) : undefined;
    if (range === undefined) diagnostics.warn(at, () => `${shown(entry, '')} is not an IP address or range: skipped`);
    else {
      addresses.add(formatIpRange(range));
      warnOfHostBits(entry as string, at, diagnostics);
    }
  }
  return [...addresses];
};
