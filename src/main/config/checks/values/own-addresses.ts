// The addresses of this machine, as far as a configuration is checked against them. They may change any time, so that one
// that is missing is odd and no mistake.
import { networkInterfaces } from 'node:os';
import { canonicalAddress } from './address.js';

/** Whether a socket may be bound to it now, by what the interfaces have. Takes a canonical address. */
export function isOwnAddress(address: string): boolean {
  // All of 127.0.0.0/8 is the machine's own (RFC 1122 section 3.2.1.3).
  if (address.startsWith('127.')) return true;
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.some((one) => canonicalAddress(one.address.replace(/%.*$/, '')) === address);
}
