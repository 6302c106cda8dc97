// The source of a line as it is at the moment: whether its interface is up, and what its address is where the source is "auto". The
// kernel is asked for each connection, which takes it some 50 microseconds; connection actors hear of changes instead.
import { isIP } from 'node:net';
import { seenInterface } from '../linux/netlink/look.js';
import type { SocketSource } from '../linux/source.js';
import type { Source } from '../protocol/lines/line.js';
import { packSource } from '../protocol/lines/source.js';
import { faultText, type LinkFault } from '../protocol/uplinks/line-link.js';
import { type PresentAddresses, presentAddresses } from '../protocol/uplinks/present-address.js';

const NONE: PresentAddresses = { ip4: undefined, ip6: undefined };

/** Throws where the interface is down, or has no address that could be the source: a connection would only hang. */
export function presentSource({ device, auto }: Source): PresentAddresses {
  const seen = device === undefined ? undefined : seenInterface(device);
  // To bind a socket to an interface that is not there fails by itself.
  if (device === undefined || seen === undefined) return NONE;
  if (!seen.isUp) throw linkDown('switched-off', device);
  if (!seen.isRunning) throw linkDown('no-carrier', device);
  if (!auto) return NONE;
  const present = presentAddresses(seen.addresses);
  if (present.ip4 === undefined && present.ip6 === undefined) throw linkDown('no-address', device);
  return present;
}

/** The family of the addresses that can be dialled: 4, 6, or 0 for either. */
export function familyOf({ ip, auto }: Source, { ip4, ip6 }: PresentAddresses): number {
  if (ip !== undefined) return isIP(ip);
  if (!auto || (ip4 === undefined) === (ip6 === undefined)) return 0;
  return ip4 === undefined ? 6 : 4;
}

/** For an address of `octets` (4 or 16). Throws where the interface has no address of that family. */
export function sourceFor(source: Source, { ip4, ip6 }: PresentAddresses, octets: number): SocketSource {
  const packed = packSource(source);
  if (!source.auto) return packed;
  const sourceIp = octets === 4 ? ip4 : ip6;
  if (sourceIp !== undefined) return { ...packed, sourceIp };
  const family = octets === 4 ? 'IPv4' : 'IPv6';
  throw Object.assign(new Error(`the interface ${source.device} has no ${family} address`), { code: 'EADDRNOTAVAIL' });
}

/** The code is the kernel's for what it would come to. */
function linkDown(fault: LinkFault, device: string): Error {
  return Object.assign(new Error(faultText(fault, device)), {
    code: fault === 'no-address' ? 'EADDRNOTAVAIL' : 'ENETDOWN',
  });
}
