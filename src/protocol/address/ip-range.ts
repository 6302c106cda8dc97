// Sets of IP addresses, given as addresses and CIDR ranges of both families. Membership is a binary search over merged ranges
// that allocates nothing, since it is tested for every dial (except for an IPv6 address that stands for an IPv4 one). An IPv4
// range mapped into IPv6 is the IPv4 range, as in address.ts, and an IPv4 range holds for its addresses in every form
// (embedded-ipv4.ts).
import { formatIp, parseIp } from './address.js';
import { embeddedIpv4s } from './embedded-ipv4.js';

export interface IpRange {
  /** The first address, 4 or 16 bytes. */
  readonly ip: Uint8Array;
  /** Number of fixed bits. */
  readonly prefix: number;
}

/** IPv4 is mapped into `::ffff:0:0/96` (RFC 4291 section 2.5.5.2). */
const MAPPED_PREFIX = 96;

/**
 * Takes `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, `[2001:db8::1]`; undefined for anything else. Bits behind the prefix
 * are cleared.
 */
export function parseIpRange(text: string): IpRange | undefined {
  const [, bracketed, bare, digits] = /^(?:\[([^/[\]]*:[^/[\]]*)\]|([^/]+))(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = bracketed ?? bare;
  const ip = address === undefined ? undefined : parseIp(address);
  if (ip === undefined) return undefined;
  const mapped = ip.length === 4 && (address as string).includes(':');
  const bits = ip.length * 8;
  const prefix = digits === undefined ? bits : Number(digits) - (mapped ? MAPPED_PREFIX : 0);
  return prefix < 0 || prefix > bits ? undefined : { ip: masked(ip, prefix, 0), prefix };
}

/** `192.0.2.0/24`; a range of one address is just the address. */
export function formatIpRange({ ip, prefix }: IpRange): string {
  return prefix === ip.length * 8 ? formatIp(ip) : `${formatIp(ip)}/${prefix}`;
}

/** The last address of a range. */
export function lastIp({ ip, prefix }: IpRange): Uint8Array {
  return masked(ip, prefix, 0xff);
}

export class IpRanges {
  readonly #four: FamilyRanges;
  readonly #six: FamilyRanges;
  readonly empty: boolean;

  constructor(ranges: readonly IpRange[]) {
    this.#four = new FamilyRanges(
      4,
      ranges.filter(({ ip }) => ip.length === 4),
    );
    this.#six = new FamilyRanges(
      16,
      ranges.filter(({ ip }) => ip.length === 16),
    );
    this.empty = ranges.length === 0;
  }

  /** From texts that have been checked: an invalid one is our own bug, and throws. */
  static of(texts: readonly string[]): IpRanges {
    return new IpRanges(
      texts.map((text) => {
        const range = parseIpRange(text);
        if (range === undefined) throw new Error(`not an IP range: ${text}`);
        return range;
      }),
    );
  }

  /** Takes 4 bytes, or 16 that are not mapped. */
  has(ip: Uint8Array): boolean {
    if (ip.length === 4) return this.#four.has(ip);
    if (this.#six.has(ip)) return true;
    for (const four of embeddedIpv4s(ip)) if (this.#four.has(four)) return true;
    return false;
  }

  /**
   * As `has`, but an IPv6 address stands only for itself. This is for whose an address is: a client that comes from 2002:7f00:1::1
   * is not on this machine, although that address leads to 127.0.0.1.
   */
  hasClient(ip: Uint8Array): boolean {
    return ip.length === 4 ? this.#four.has(ip) : this.#six.has(ip);
  }
}

/** The ranges of one family, sorted and disjoint; the first and the last addresses are in two parallel arrays. */
class FamilyRanges {
  readonly #octets: number;
  readonly #firsts: Uint8Array;
  readonly #lasts: Uint8Array;
  readonly #count: number;

  constructor(octets: number, ranges: readonly IpRange[]) {
    const sorted = [...ranges].sort((a, b) => compareIps(a.ip, 0, b.ip) || a.prefix - b.prefix);
    const outer: IpRange[] = [];
    let last: Uint8Array | undefined;
    for (const range of sorted) {
      // CIDR ranges never overlap in part: a range that begins inside the last one lies within it.
      if (last !== undefined && compareIps(range.ip, 0, last) <= 0) continue;
      outer.push(range);
      last = lastIp(range);
    }
    this.#octets = octets;
    this.#count = outer.length;
    this.#firsts = new Uint8Array(outer.length * octets);
    this.#lasts = new Uint8Array(outer.length * octets);
    for (const [index, { ip, prefix }] of outer.entries()) {
      this.#firsts.set(ip, index * octets);
      this.#lasts.set(masked(ip, prefix, 0xff), index * octets);
    }
  }

  has(ip: Uint8Array): boolean {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIps(this.#firsts, middle * this.#octets, ip) <= 0) low = middle + 1;
      else high = middle;
    }
    return low > 0 && compareIps(this.#lasts, (low - 1) * this.#octets, ip) >= 0;
  }
}

/** Compares the address that begins at `offset` of `bytes` with `ip`, which is of the same family. */
export function compareIps(bytes: Uint8Array, offset: number, ip: Uint8Array): number {
  for (let i = 0; i < ip.length; i += 1) {
    const difference = bytes[offset + i] - ip[i];
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The address with all bits behind the prefix cleared (`fill` 0) or set (0xff). */
function masked(ip: Uint8Array, prefix: number, fill: 0 | 0xff): Uint8Array {
  return ip.map((byte, index) => {
    const kept = Math.max(0, Math.min(8, prefix - index * 8));
    const mask = (0xff << (8 - kept)) & 0xff;
    return (byte & mask) | (fill & ~mask & 0xff);
  });
}
