// A number that stands for the network of an address: its /24, or its /48 of IPv6. Two networks of IPv6 may share one. Networks
// near by, which may be reached without the uplink, have negative numbers.
import { unmapped } from './address.js';

const IPV6_OCTETS = 6;
/** Above all numbers of IPv4 networks. */
const IPV6_BASE = 2 ** 25;

/** `ip`: 4 or 16 bytes. Never 0. */
export function networkNumber(ip: Uint8Array): number {
  const number = numberOf(unmapped(ip));
  return isNear(ip) ? -number : number;
}

function numberOf(ip: Uint8Array): number {
  if (ip.length === 4) return 1 + (ip[0] << 16) + (ip[1] << 8) + ip[2];
  // FNV-1a.
  let hash = 0x811c9dc5;
  for (let i = 0; i < IPV6_OCTETS; i += 1) hash = Math.imul(hash ^ ip[i], 0x01000193);
  return IPV6_BASE + (hash >>> 0);
}

/** Whether it is private, link-local or loopback (RFC 1918, 3927, 4193, 4291). Allocates nothing for most addresses. */
export function isNear(ip: Uint8Array): boolean {
  const own = unmapped(ip);
  // By index: to take a typed array apart goes through its iterator.
  const first = own[0];
  const second = own[1];
  if (own.length === 4) {
    if (first === 10 || first === 127) return true;
    if (first === 172) return (second & 0xf0) === 16;
    return (first === 192 && second === 168) || (first === 169 && second === 254);
  }
  return (first & 0xfe) === 0xfc || (first === 0xfe && second >= 0x80) || isLoopback(own);
}

function isLoopback(ip: Uint8Array): boolean {
  for (let i = 0; i < 15; i += 1) if (ip[i] !== 0) return false;
  return ip[15] === 1;
}
