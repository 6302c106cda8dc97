// Addresses and ports as numbers: what tells of each datagram who sent it, and costs no object for that.
import { wordAt } from '../address/word.js';

/** IPv4: only `a`. The words of the address in network order, as signed integers of 32 bits. */
export interface Endpoint {
  readonly isIpv6: boolean;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly port: number;
}

/** `ip`: 4 or 16 bytes, and not an IPv4 address as an IPv6 one. */
export function endpointOf(ip: Uint8Array, port: number): Endpoint {
  const isIpv6 = ip.length === 16;
  const b = isIpv6 ? wordAt(ip, 4) : 0;
  const c = isIpv6 ? wordAt(ip, 8) : 0;
  const d = isIpv6 ? wordAt(ip, 12) : 0;
  // One literal: V8 gives each object that is put together of several a shape of its own, and these are looked at for each datagram.
  return { isIpv6, a: wordAt(ip, 0), b, c, d, port };
}

/** The bytes of its address, 4 or 16. */
export function ipOf({ isIpv6, a, b, c, d }: Endpoint): Uint8Array {
  const ip = new Uint8Array(isIpv6 ? 16 : 4);
  writeIp(ip, 0, isIpv6, a, b, c, d);
  return ip;
}

/** Writes the bytes of an address at `at`. */
export function writeIp(
  bytes: Uint8Array,
  at: number,
  isIpv6: boolean,
  a: number,
  b: number,
  c: number,
  d: number,
): void {
  writeWord(bytes, at, a);
  if (!isIpv6) return;
  writeWord(bytes, at + 4, b);
  writeWord(bytes, at + 8, c);
  writeWord(bytes, at + 12, d);
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

export function isSameAddress(one: Endpoint, other: Endpoint): boolean {
  return (
    one.a === other.a &&
    one.isIpv6 === other.isIpv6 &&
    (!one.isIpv6 || (one.b === other.b && one.c === other.c && one.d === other.d))
  );
}

/** A hash of the address alone, which the caller may mix with more. */
export function hashOf({ isIpv6, a, b, c, d }: Endpoint): number {
  if (!isIpv6) return a;
  return Math.imul(Math.imul(Math.imul(a, 0x85ebca6b) ^ b, 0xc2b2ae35) ^ c, 0x27d4eb2f) ^ d;
}
