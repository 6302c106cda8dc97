// hosts: a table from names to addresses, like /etc/hosts. It looks nothing up.
import { normaliseName } from '../../../../protocol/address/host-name.js';
import { inside, placeText } from '../../diagnostics/place.js';
import { dialledAddress } from '../values/address.js';
import type { Check } from '../values/setting.js';

/** A list, not an object: convict reads the dots in names as nesting. */
export type HostEntries = readonly { readonly name: string; readonly addresses: readonly string[] }[];

const NAMES_MAX = 10_000;
const ADDRESSES_MAX = 64;
const ADDRESSES_ALLOWED = `an IP address or a list of 1 to ${ADDRESSES_MAX} IP addresses`;
export const HOSTS_ALLOWED = `an object with at most ${NAMES_MAX} names, each with ${ADDRESSES_ALLOWED}`;

export const checkHosts: Check<HostEntries> = (value, place, diagnostics) => {
  const isTable = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isTable ? Object.entries(value) : [];
  if (!isTable || entries.length > NAMES_MAX) {
    diagnostics.reject(place, value, HOSTS_ALLOWED);
    return undefined;
  }
  const known = new Map<string, readonly string[]>();
  /** The first spelling of each name. */
  const keys = new Map<string, string>();
  let wrong = false;
  for (const [key, listed] of entries) {
    const name = normaliseName(key);
    const addresses = addressesOf(listed);
    const same = name === undefined ? undefined : keys.get(name);
    if (name === undefined) diagnostics.error(inside(place, key), 'the key is not a host name');
    else if (same !== undefined) {
      const where = placeText(inside(place, same));
      diagnostics.error(inside(place, key), `the same name is at ${where}; allowed: each name once`);
    } else if (addresses === undefined) diagnostics.reject(inside(place, key), listed, ADDRESSES_ALLOWED);
    else known.set(name, addresses);
    if (name !== undefined) keys.set(name, same ?? key);
    wrong ||= name === undefined || addresses === undefined || same !== undefined;
  }
  return wrong ? undefined : [...known].map(([name, addresses]) => ({ name, addresses }));
};

function addressesOf(value: unknown): readonly string[] | undefined {
  const list: unknown = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || list.length === 0 || list.length > ADDRESSES_MAX) return undefined;
  const addresses = list.map((entry) => (typeof entry === 'string' ? dialledAddress(entry) : undefined));
  return addresses.every((address) => address !== undefined) ? [...new Set(addresses)] : undefined;
}
