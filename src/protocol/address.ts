// IP addresses between their text and their bytes in network order (4 for IPv4, 16 for IPv6). An IPv4 address mapped
// into IPv6 (::ffff:1.2.3.4, RFC 4291 section 2.5.5.2) is the IPv4 address everywhere here, so that no rule about an
// address can be evaded by writing it differently.
import ipaddr from 'ipaddr.js';

const FOUR_PARTS = /^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$/;

/** The bytes of an address in its strict text form, undefined for anything else. */
export function parseIp(text: string): Uint8Array | undefined {
  // Looked at first, because the library throws and catches for what is no address: 20 µs for every name.
  if (FOUR_PARTS.test(text) && ipaddr.IPv4.isValidFourPartDecimal(text))
    return Uint8Array.from(ipaddr.IPv4.parse(text).octets);
  if (!text.includes(':') || text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined;
  return unmapped(Uint8Array.from(ipaddr.IPv6.parse(text).toByteArray()));
}

/** The canonical text (RFC 5952 for IPv6) of 4 or 16 bytes. */
export function formatIp(ip: Uint8Array): string {
  if (ip.length === 4) return `${ip[0]}.${ip[1]}.${ip[2]}.${ip[3]}`;
  return ipaddr.fromByteArray(Array.from(ip)).toString();
}

/** `1.2.3.4:80` or `[::1]:80`. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The IPv4 address inside a mapped IPv6 one; any other address as it is. */
export function unmapped(ip: Uint8Array): Uint8Array {
  if (ip.length !== 16 || ip[10] !== 0xff || ip[11] !== 0xff) return ip;
  for (let i = 0; i < 10; i += 1) if (ip[i] !== 0) return ip;
  return ip.slice(12);
}
