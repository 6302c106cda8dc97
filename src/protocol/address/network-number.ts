// A number that stands for the network of an address: its /24, or its /48 of IPv6. Two networks of IPv6 may share one.
import { unmapped } from './address.js';

const IPV6_OCTETS = 6;
/** Above all numbers of IPv4 networks. */
const IPV6_BASE = 2 ** 25;

/** `ip`: 4 or 16 bytes. Never 0. */
export function networkNumber(ip: Uint8Array): number {
  const own = unmapped(ip);
  if (own.length === 4) return 1 + (own[0] << 16) + (own[1] << 8) + own[2];
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let i = 0; i < IPV6_OCTETS; i += 1) hash = Math.imul(hash ^ own[i], 0x01000193);
  return IPV6_BASE + (hash >>> 0);
}
