// The machine's own network: its addresses, and whether it has a route for IPv6. Read again at most every 5 s. It sends
// nothing.
import { networkInterfaces } from 'node:os';
import { readBounded } from '../../../files/bounded-file.js';
import { OCTETS_MAX } from '../../../files/file-state.js';
import { type SourceAddresses, sourcesOf } from '../../../protocol/address/address-order.js';
import { linesOf } from '../../../protocol/text/lines.js';

const READ_MS = 5000;
const ROUTES = '/proc/net/ipv6_route';
/** The route flag RTF_REJECT of linux/route.h: an `unreachable` route. */
const REJECT = 0x200;

export interface Network {
  /** The machine's addresses. */
  readonly sources: SourceAddresses;
  /** Whether there is a route beyond the machine and the link. */
  readonly hasIpv6: boolean;
}

export class LocalNetwork {
  readonly #now: () => number;
  #read_ms = Number.NEGATIVE_INFINITY;
  #network: Network = { sources: [], hasIpv6: false };

  constructor(now: () => number) {
    this.#now = now;
  }

  get current(): Network {
    const now_ms = this.#now();
    if (now_ms - this.#read_ms >= READ_MS) {
      this.#read_ms = now_ms;
      this.#network = { sources: sourcesOf(addresses()), hasIpv6: hasIpv6Route(routes()) };
    }
    return this.#network;
  }
}

function addresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  return all.map(({ address }) => address.replace(/%.*$/, ''));
}

function routes(): string {
  const read = readBounded(ROUTES, { octets_max: OCTETS_MAX });
  // Absent where IPv6 is switched off.
  return read.kind === 'read' ? read.bytes.toString('latin1') : '';
}

/** Takes the text of /proc/net/ipv6_route: destination, its bits, four columns about the way, flags, device. */
export function hasIpv6Route(text: string): boolean {
  for (const line of linesOf(text)) if (leadsOut(line)) return true;
  return false;
}

function leadsOut(line: string): boolean {
  const [destination, bits, , , , , , , flags, device] = line.trim().split(/\s+/);
  if (destination === undefined || flags === undefined || device === 'lo') return false;
  if ((Number.parseInt(flags, 16) & REJECT) !== 0) return false;
  // Routes of the link (fe80::/10) and of multicast (ff00::/8) do not count.
  return bits === '00' || (bits !== '80' && !/^(?:fe[89ab]|ff)/.test(destination));
}
