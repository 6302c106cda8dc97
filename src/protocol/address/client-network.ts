// The network that stands for a client where what it does is limited: an IPv4 address, or the /64 that one customer has of
// IPv6. It limits nothing.
import { formatIp, unmapped } from './address.js';

const IPV6_PREFIX_OCTETS = 8;
const NONE = new Uint8Array(0);

/** 4 or 8 octets; none for a client without an address, of a Unix socket. */
export function networkOctets(ip: Uint8Array | undefined): Uint8Array {
  if (ip === undefined) return NONE;
  const own = unmapped(ip);
  return own.length === 4 ? own : own.subarray(0, IPV6_PREFIX_OCTETS);
}

/** The text for the address of a client: that of its network, except for one of IPv6. */
export function clientText(ip: Uint8Array | undefined): string {
  const octets = networkOctets(ip);
  return ip === undefined || octets.length === 4 ? networkText(octets) : formatIp(ip);
}

/** The text for these octets: `192.0.2.1`, `2001:db8::/64`, or `unix` for none. */
export function networkText(octets: Uint8Array): string {
  if (octets.length === 0) return 'unix';
  if (octets.length === 4) return formatIp(octets);
  const prefix = new Uint8Array(16);
  prefix.set(octets);
  return `${formatIp(prefix)}/64`;
}
