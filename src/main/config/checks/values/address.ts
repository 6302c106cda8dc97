// Parses the IP addresses of a configuration. Only this file uses ipaddr.js. It does not parse names.
import { createRequire } from 'node:module';
import type library from 'ipaddr.js';

/** Not by `import`: for Node to find the names that it exports took a tenth of what the main thread needs to start. */
const ipaddr = createRequire(import.meta.url)('ipaddr.js') as typeof library;

/**
 * The canonical text (RFC 5952) of an IPv4 address in four decimal parts or of an IPv6 address without a zone;
 * undefined for anything else, for example `127.1` and `010.0.0.1`. An IPv6 address may be in brackets, as in a URL.
 */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return text;
  const bare = /^\[([^[\]]+)\]$/.exec(text)?.[1] ?? text;
  if (!ipaddr.IPv6.isValid(bare) || bare.includes('%')) return undefined;
  // ipaddr.js reads `::1.2.3.4` as `::ffff:1.2.3.4`, but these are different addresses (RFC 4291 section 2.5.5.1).
  const compatible = /^::(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (compatible === undefined) return ipaddr.IPv6.parse(bare).toString();
  const low = ipaddr.IPv4.parse(compatible).toByteArray();
  return ipaddr.fromByteArray([...new Array<number>(12).fill(0), ...low]).toString();
}

/** As `canonicalAddress`, but an IPv4-mapped address (`::ffff:1.2.3.4`) becomes the IPv4 address that is dialled. */
export function dialledAddress(text: string): string | undefined {
  const address = canonicalAddress(text);
  return address === undefined ? undefined : ipaddr.process(address).toString();
}
