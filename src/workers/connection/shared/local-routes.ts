// The IPv6 destinations that the kernel delivers to this machine itself, from its routing tables (/proc/net/ipv6_route). A
// `local` route makes a whole prefix the machine's own; unlike with IPv4, its addresses cannot be bound to find that out.
import { closeSync, openSync, readSync } from 'node:fs';
import { type IpRange, IpRanges } from '../../../protocol/address/ip-range.js';

const TABLES = '/proc/net/ipv6_route';
/** RTF_LOCAL of the kernel's linux/ipv6_route.h. */
const LOCAL = 0x80000000;
/** A line has about 150 octets. On a router with more routes, lines beyond this size are not seen. */
const READ_MAX = 4 << 20;
/** Ranges are kept this long: reading may take milliseconds, and clients decide how often they are needed. */
const KEPT_MS = 5000;

export class LocalRoutes {
  readonly #file: string;
  readonly #now: () => number;
  #ranges = new IpRanges([]);
  #readAt = Number.NEGATIVE_INFINITY;

  /** `now` is in ms. */
  constructor(now: () => number, file = TABLES) {
    this.#now = now;
    this.#file = file;
  }

  /** Whether an address (16 bytes) is in one of these prefixes. */
  has(ip: Uint8Array): boolean {
    const now = this.#now();
    if (now - this.#readAt >= KEPT_MS) {
      this.#readAt = now;
      this.#ranges = new IpRanges(parseLocalRoutes(readStart(this.#file)));
    }
    return this.#ranges.has(ip);
  }
}

/** Parses /proc/net/ipv6_route: destination and prefix length in hex, six more columns, then the flags. */
export function parseLocalRoutes(text: string): readonly IpRange[] {
  return text.split('\n').flatMap((line) => {
    const columns = line.split(/\s+/);
    const [destination = '', length = ''] = columns;
    const flags = Number.parseInt(columns[8] ?? '', 16);
    if (destination.length !== 32 || !(flags >= LOCAL)) return [];
    return [{ ip: Uint8Array.from(Buffer.from(destination, 'hex')), prefix: Number.parseInt(length, 16) }];
  });
}

/** Empty if there is no such file: the machine has no IPv6 then. */
function readStart(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(READ_MAX);
      let size = 0;
      for (;;) {
        const read = readSync(fd, bytes, size, READ_MAX - size, null);
        size += read;
        if (read === 0 || size === READ_MAX) return bytes.toString('latin1', 0, size);
      }
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
