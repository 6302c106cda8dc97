// The IPv4 address that an IPv6 address stands for: a tunnel or translator on the way passes packets for the IPv6 address on
// to it. Code that compares addresses looks at both forms, so that no rule can be evaded by writing an address differently.
// Only for comparing: the address that was asked for is dialled. Mapped addresses (::ffff:1.2.3.4) do not occur here, since
// address.ts reads them as IPv4 addresses; Teredo and ISATAP are left out, since they reach a host behind the address.
import { formatIp, parseIp } from './address.js';

const NAT64 = parseIp('64:ff9b::') as Uint8Array;
const NAT64_LOCAL = parseIp('64:ff9b:1::') as Uint8Array;

/** Takes 4 bytes, or 16 that are not mapped; undefined for an address that stands only for itself. */
export function embeddedIpv4(ip: Uint8Array): Uint8Array | undefined {
  if (ip.length === 4) return undefined;
  // 6to4 (RFC 3056 section 2): 2002, then the IPv4 address of the network's router.
  if (ip[0] === 0x20) return ip[1] === 0x02 ? ip.slice(2, 6) : undefined;
  if (ip[0] !== 0) return undefined;
  // NAT64 (RFC 6052 section 2.1).
  if (begins(ip, NAT64, 12)) return ip.slice(12);
  if (begins(ip, NAT64_LOCAL, 6)) return translated(ip);
  // IPv4-compatible (RFC 4291 section 2.5.5.1). :: and ::1 are addresses of their own.
  return isZero(ip, 0, 12) && !(isZero(ip, 12, 15) && ip[15] <= 1) ? ip.slice(12) : undefined;
}

const NONE: readonly Uint8Array[] = [];

/**
 * All IPv4 addresses that an IPv6 address may stand for, the one of `embeddedIpv4` first. There are several only in
 * 64:ff9b:1::/48, where no one but the network knows its prefix length, and bytes behind the IPv4 address need not be zero: a
 * range that keeps clients from an address keeps them from each of these. For 0.0.0.0/8 no translator passes packets on.
 */
export function embeddedIpv4s(ip: Uint8Array): readonly Uint8Array[] {
  const first = embeddedIpv4(ip);
  if (first === undefined) return NONE;
  if (!begins(ip, NAT64_LOCAL, 6)) return [first];
  return [first, ...LOCAL_READINGS.map((read) => read(ip)).filter(([octet]) => octet !== 0)];
}

/** The form in which an address is compared: 4 bytes if it stands for an IPv4 address. */
export function comparedIp(ip: Uint8Array): Uint8Array {
  return embeddedIpv4(ip) ?? ip;
}

/** The same for a canonical text. */
export function comparedAddress(address: string): string {
  if (!/^(?:::|64:ff9b:|2002:)/.test(address)) return address;
  const ip = parseIp(address);
  return ip === undefined ? address : formatIp(comparedIp(ip));
}

/**
 * Whether an address means no host: ::, or 0.0.0.0 with the rest of its network (RFC 1122 section 3.2.1.3), in any form.
 * Asked for 0.0.0.0 or ::, Linux connects to the machine itself.
 */
export function isUnspecified(ip: Uint8Array): boolean {
  // True for nearly every address.
  if (ip[0] !== 0 && ip[0] !== 0x20) return false;
  if (ip.length === 4) return ip[0] === 0;
  const four = embeddedIpv4(ip);
  return four === undefined ? isZero(ip, 0, 16) : four[0] === 0;
}

/**
 * 64:ff9b:1::/48 (RFC 8215) may be used with every prefix length that RFC 6052 section 2.2 allows, and only the network
 * knows which one. Bytes behind the IPv4 address are zero, which mostly tells the lengths apart.
 */
function translated(ip: Uint8Array): Uint8Array {
  if (!isZero(ip, 13, 16)) return with96(ip);
  if (ip[12] !== 0) return with64(ip);
  return ip[11] !== 0 ? with56(ip) : with48(ip);
}

/** The IPv4 address behind a prefix of that many bits. The byte 8 is none of it. */
const with48 = (ip: Uint8Array): Uint8Array => Uint8Array.of(ip[6], ip[7], ip[9], ip[10]);
const with56 = (ip: Uint8Array): Uint8Array => Uint8Array.of(ip[7], ip[9], ip[10], ip[11]);
const with64 = (ip: Uint8Array): Uint8Array => ip.slice(9, 13);
const with96 = (ip: Uint8Array): Uint8Array => ip.slice(12);
const LOCAL_READINGS = [with48, with56, with64, with96];

function begins(ip: Uint8Array, prefix: Uint8Array, octets: number): boolean {
  for (let at = 0; at < octets; at += 1) if (ip[at] !== prefix[at]) return false;
  return true;
}

function isZero(ip: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (ip[at] !== 0) return false;
  return true;
}
