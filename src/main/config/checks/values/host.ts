// Checks the address to listen on. It binds nothing.
import { canonicalAddress } from './address.js';
import type { Check } from './setting.js';

export const HOST_ALLOWED = 'an IPv4 or IPv6 address, such as 127.0.0.1, 0.0.0.0 or ::';

export const checkHost: Check<string> = (value, place, diagnostics) => {
  const address = typeof value === 'string' ? canonicalAddress(value) : undefined;
  if (address === undefined) diagnostics.reject(place, value, HOST_ALLOWED);
  return address;
};
