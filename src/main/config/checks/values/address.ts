// IP addresses as they are written in a configuration. The only place of ipaddr.js here; names are not its business.
import ipaddr from 'ipaddr.js';

/**
 * The canonical text (RFC 5952) of an IPv4 address in four decimal parts or of an IPv6 address without a zone;
 * undefined for anything else, `127.1` and `010.0.0.1` among it. An IPv6 address may stand in brackets, as in a URL.
 */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  const bare = /^\[([^[\]]+)\]$/.exec(text)?.[1] ?? text;
  if (!ipaddr.IPv6.isValid(bare) || bare.includes('%')) return undefined;
  // ipaddr.js takes this form for `::ffff:1.2.3.4`, but it is another address (RFC 4291 section 2.5.5.1).
  const compatible = /^::(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (compatible === undefined) return ipaddr.IPv6.parse(bare).toString();
  const low = ipaddr.IPv4.parse(compatible).toByteArray();
  return ipaddr.fromByteArray([...new Array<number>(12).fill(0), ...low]).toString();
}

/** The same, with an IPv4 address in IPv6 clothes (`::ffff:1.2.3.4`) as the IPv4 address that is dialled. */
export function dialledAddress(text: string): string | undefined {
  const address = canonicalAddress(text);
  return address === undefined ? undefined : ipaddr.process(address).toString();
}

/** Takes a canonical address. */
export function isLoopback(address: string): boolean {
  return ipaddr.process(address).range() === 'loopback';
}
