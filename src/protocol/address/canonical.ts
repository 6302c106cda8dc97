// The one text form of an address (RFC 5952), which neither the DNS library nor clients always write. It checks nothing: its
// argument must be an address.
import { formatIp, parseIp } from './address.js';

/** A mapped IPv4 address becomes the IPv4 address, so that it cannot evade a list of addresses. */
export function canonical(address: string): string {
  if (!address.includes(':')) return address;
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(ip);
}
