// Addresses that no public server has reason to give for a public name, and which names are public. From IANA's
// special-purpose registries (RFC 6890), and from RFC 6761 for names.
import { IpRanges } from './ip-range.js';

/**
 * Ranges of IPv4, for addresses in every form (embedded-ipv4.ts). Left out: 198.18.0.0/15, which tunnelling clients use as
 * placeholders on purpose, and the relays of transition mechanisms, which are reached from anywhere.
 */
const SPECIAL_V4 = [
  '0.0.0.0/8', // this network (RFC 791)
  '10.0.0.0/8', // private (RFC 1918)
  '100.64.0.0/10', // shared by carriers (RFC 6598)
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation (RFC 5737)
  '192.168.0.0/16', // private
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
];
const SPECIAL_V6 = [
  '::/96', // unspecified, loopback, IPv4-compatible
  '100::/64', // discard (RFC 6666)
  '2001:db8::/32', // documentation (RFC 3849)
  '3fff::/20', // documentation (RFC 9637)
  'fc00::/7', // unique local
  'fe80::/10', // link-local
  'fec0::/10', // site-local, deprecated
  'ff00::/8', // multicast
];
const SPECIAL = IpRanges.of([...SPECIAL_V4, ...SPECIAL_V6]);

/** Names below these belong to this machine, this network or nobody (RFC 6761, 6762, 8375, 9476, and common custom). */
const PRIVATE_SUFFIXES = new Set([
  ...['localhost', 'local', 'internal', 'intranet', 'lan', 'home', 'corp', 'private', 'localdomain'],
  ...['test', 'example', 'invalid', 'onion', 'alt'],
]);

/** Whether an address (4 or 16 bytes, not mapped) is private, loopback, multicast, unspecified or documentation. */
export function isSpecialIp(ip: Uint8Array): boolean {
  return SPECIAL.has(ip);
}

/** Takes a normalised name. A name of one label belongs to the local network. */
export function isPublicName(name: string): boolean {
  const labels = name.split('.');
  if (labels.length < 2 || name === 'home.arpa' || name.endsWith('.home.arpa')) return false;
  return !PRIVATE_SUFFIXES.has(labels[labels.length - 1]);
}
