// Datagrams on their way through the proxies of a line, each of which relays them to the next one: the headers of RFC 1928
// section 7 stand one in another, that of the nearest proxy outside. Up, a datagram has the address of each further proxy's relay
// in front, and then the destination; down, each proxy says from whom it has the datagram, and the last one says who has sent it.
// Nothing is allocated for a datagram.
import type { Target } from '../address/target.js';
import { wordAt } from '../address/word.js';
import { AddressType } from '../socks-codes.js';
import { type Endpoint, endpointOf, isSameAddress } from './endpoint.js';
import { ADDRESS_AT, headerOfIp, headerOfName, NO_HEADER, readHeader } from './header.js';

/** A result of `unwrap`: a proxy has it from somebody else than the next proxy. */
export const STRAY = -3;

type Words = { -readonly [Key in keyof Endpoint]: Endpoint[Key] };

/** The words of an IPv4 address in IPv6 form (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffff;

export class Nested {
  readonly #relays: readonly Target[];
  /** Of each relay. Of one with a name only the port is known. */
  readonly #words: readonly (Endpoint | undefined)[];
  readonly #size: number;
  /** From whom the last proxy has the datagram that was unwrapped last. All zeros but the port where it tells a name. */
  readonly from: Endpoint;
  readonly #from: Words = { isIpv6: false, a: 0, b: 0, c: 0, d: 0, port: 0 };

  /** `relays`: where each proxy but the nearest takes datagrams, the nearer first. */
  constructor(relays: readonly Target[]) {
    this.#relays = relays;
    this.#words = relays.map(({ ip, port }) => ip && endpointOf(ip, port));
    this.#size = relays.reduce((size, relay) => size + headerOf(relay).length, 0);
    this.from = this.#from;
  }

  /** What stands in front of each datagram to `target`. */
  headFor(target: Target): Uint8Array {
    const last = headerOf(target);
    const head = new Uint8Array(this.#size + last.length);
    let at = 0;
    for (const relay of this.#relays) {
      const header = headerOf(relay);
      head.set(header, at);
      at += header.length;
    }
    head.set(last, at);
    return head;
  }

  /** The size of all headers of the datagram from `start` to `end`, and `from`; or NO_HEADER, FRAGMENT or STRAY. */
  unwrap(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (let hop = 0; ; hop += 1) {
      const size = readHeader(bytes, at, end);
      if (size < 0) return size;
      if (!this.#read(bytes, at + ADDRESS_AT, at + size)) return NO_HEADER;
      at += size;
      if (hop === this.#relays.length) return at - start;
      if (!this.#isFrom(hop)) return STRAY;
    }
  }

  /** Reads the address that ends at `end` with its port. Port 0 is nobody's. */
  #read(bytes: Uint8Array, at: number, end: number): boolean {
    const from = this.#from;
    from.port = (bytes[end - 2] << 8) | bytes[end - 1];
    from.isIpv6 = false;
    from.a = 0;
    from.b = 0;
    from.c = 0;
    from.d = 0;
    if (bytes[at] === AddressType.ipv4) from.a = wordAt(bytes, at + 1);
    else if (bytes[at] === AddressType.ipv6) this.#readIpv6(bytes, at + 1);
    return from.port !== 0;
  }

  #readIpv6(bytes: Uint8Array, at: number): void {
    const from = this.#from;
    const last = wordAt(bytes, at + 12);
    from.a = wordAt(bytes, at);
    from.b = wordAt(bytes, at + 4);
    from.c = wordAt(bytes, at + 8);
    if (from.a === 0 && from.b === 0 && from.c === MAPPED) {
      from.a = last;
      from.c = 0;
      return;
    }
    from.d = last;
    from.isIpv6 = true;
  }

  #isFrom(hop: number): boolean {
    const relay = this.#words[hop];
    return this.#from.port === this.#relays[hop].port && (relay === undefined || isSameAddress(this.#from, relay));
  }
}

const headerOf = ({ ip, asked, port }: Target): Uint8Array =>
  ip === undefined ? headerOfName(asked, port) : headerOfIp(ip, port);
