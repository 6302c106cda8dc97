// Converts IP addresses between text and bytes in network order (4 for IPv4, 16 for IPv6). An IPv4 address mapped into IPv6
// (::ffff:1.2.3.4, RFC 4291 section 2.5.5.2) is the IPv4 address everywhere here, so that no rule about an address can be
// evaded by writing it differently. Written by hand, because each address of each DNS answer is converted several times and
// ipaddr.js takes 3 µs for an IPv6 address; the tests compare the two.

const DOT = 0x2e;
const COLON = 0x3a;
const IPV6_OCTETS = 16;
/** Each octet with its dot: the text of an address is made for every connection, and has fewer parts to join with these. */
const DOTTED = Array.from({ length: 256 }, (_, octet) => `${octet}.`);

/** The bytes of an address in its strict text form; undefined for anything else. */
export function parseIp(text: string): Uint8Array | undefined {
  if (!text.includes(':')) return parseIpv4(text, 0);
  const ip = parseIpv6(text);
  return ip === undefined ? undefined : unmapped(ip);
}

/** Four decimal numbers without leading zeros, from `begin` to the end. */
function parseIpv4(text: string, begin: number): Uint8Array | undefined {
  // The text is a name in most cases: then nothing is allocated.
  if (decimal(text, begin) < 0) return undefined;
  const ip = new Uint8Array(4);
  let at = begin;
  for (let part = 0; part < 4; part += 1) {
    if (part > 0) {
      if (text.charCodeAt(at) !== DOT) return undefined;
      at += 1;
    }
    let value = 0;
    const first = at;
    for (let digit = decimal(text, at); digit >= 0; digit = decimal(text, at)) {
      value = value * 10 + digit;
      at += 1;
      if (value > 255) return undefined;
    }
    if (at === first || (at - first > 1 && decimal(text, first) === 0)) return undefined;
    ip[part] = value;
  }
  return at === text.length ? ip : undefined;
}

/** RFC 4291 section 2.2: groups of up to four hex digits, `::` at most once, and perhaps an IPv4 address at the end. */
function parseIpv6(text: string): Uint8Array | undefined {
  const ip = new Uint8Array(IPV6_OCTETS);
  let written = 0;
  let gap = -1;
  let at = 0;
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return undefined;
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    const first = at;
    let value = 0;
    for (let digit = hexadecimal(text, at); digit >= 0; digit = hexadecimal(text, at)) {
      value = value * 16 + digit;
      at += 1;
    }
    if (text.charCodeAt(at) === DOT) {
      const four = written <= IPV6_OCTETS - 4 ? parseIpv4(text, first) : undefined;
      if (four === undefined) return undefined;
      ip.set(four, written);
      written += 4;
      break;
    }
    if (at === first || at - first > 4 || written === IPV6_OCTETS) return undefined;
    ip[written] = value >> 8;
    ip[written + 1] = value & 0xff;
    written += 2;
    if (at === text.length) break;
    if (text.charCodeAt(at) !== COLON) return undefined;
    at += 1;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = written;
      at += 1;
    } else if (at === text.length) return undefined;
  }
  if (gap < 0) return written === IPV6_OCTETS ? ip : undefined;
  if (written === IPV6_OCTETS) return undefined;
  const behind = written - gap;
  ip.copyWithin(IPV6_OCTETS - behind, gap, written);
  ip.fill(0, gap, IPV6_OCTETS - behind);
  return ip;
}

/** The value of the digit at `at`; -1 if there is none. */
function decimal(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39 ? code - 0x30 : -1;
}

function hexadecimal(text: string, at: number): number {
  const code = text.charCodeAt(at) | 0x20;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : decimal(text, at);
}

/** The canonical text of 4 or 16 bytes (RFC 5952 for IPv6). */
export function formatIp(ip: Uint8Array): string {
  if (ip.length === 4) return DOTTED[ip[0]] + DOTTED[ip[1]] + DOTTED[ip[2]] + ip[3];
  const { first, groups } = longestZeros(ip);
  let text = '';
  for (let group = 0; group < 8; group += 1) {
    if (group === first && groups > 1) {
      text += '::';
      group += groups - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += (((ip[2 * group] as number) << 8) | (ip[2 * group + 1] as number)).toString(16);
  }
  return text;
}

/** The first of the longest runs of zero groups (RFC 5952 section 4.2.3). */
function longestZeros(ip: Uint8Array): { first: number; groups: number } {
  let longest = { first: 0, groups: 0 };
  let groups = 0;
  for (let group = 0; group < 8; group += 1) {
    groups = ip[2 * group] === 0 && ip[2 * group + 1] === 0 ? groups + 1 : 0;
    if (groups > longest.groups) longest = { first: group - groups + 1, groups };
  }
  return longest;
}

/** `1.2.3.4:80` or `[::1]:80`. */
export function formatEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The IPv4 address inside a mapped IPv6 address; any other address unchanged. */
export function unmapped(ip: Uint8Array): Uint8Array {
  if (ip.length !== 16 || ip[10] !== 0xff || ip[11] !== 0xff) return ip;
  for (let i = 0; i < 10; i += 1) if (ip[i] !== 0) return ip;
  return ip.slice(12);
}
