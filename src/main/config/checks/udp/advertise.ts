// Checks the addresses that clients are told for their datagrams: one, or one of each family.

import { canonicalAddress } from '../values/address.js';
import { oneOrList } from '../values/one-or-list.js';
import type { Check } from '../values/setting.js';

export const ADVERTISE_ALLOWED =
  'an IP address such as "203.0.113.7", or a list of at most one IPv4 and one IPv6 address; null for the one to which the client has come';

export const checkAdvertise: Check<readonly string[]> = (value, place, diagnostics) => {
  const entries = oneOrList(value, place, 1, 2);
  const addresses = entries?.map(([one]) => (typeof one === 'string' ? usable(one) : undefined)) ?? [];
  const isIpv6 = addresses.map((address) => address?.includes(':'));
  if (entries !== undefined && addresses.every((one) => one !== undefined) && new Set(isIpv6).size === isIpv6.length)
    return addresses;
  diagnostics.reject(place, value, ADVERTISE_ALLOWED);
  return undefined;
};

/** The canonical text; undefined for what is no address, and for an address to which nothing can be sent. */
function usable(text: string): string | undefined {
  const address = canonicalAddress(text);
  return address === '0.0.0.0' || address === '::' ? undefined : address;
}
