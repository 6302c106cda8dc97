// The one text form of an address (RFC 5952), which neither the DNS library nor a client always writes. It checks nothing:
// what it is given is an address.
import { formatIp, parseIp } from './address.js';

/** An IPv4 address inside an IPv6 one comes out as what it is, so that no list of addresses is passed by. */
export function canonical(address: string): string {
  if (!address.includes(':')) return address;
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(ip);
}
