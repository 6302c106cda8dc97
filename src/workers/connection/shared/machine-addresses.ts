// Whether an address is one of this machine's. The kernel tells: only such an address can be bound, and its answer is always
// current. An IPv6 address of a `local` route cannot be bound; the routing tables have it. Where any address can be bound
// (net.ipv4.ip_nonlocal_bind), the addresses of the interfaces count, which are read once a second. This takes system calls:
// own-addresses.ts remembers the answers for those who ask often.
import { networkInterfaces } from 'node:os';
import { tryToBind } from '../../../linux/sockets.js';
import { parseIp } from '../../../protocol/address/address.js';
import { IpMap } from '../../../protocol/address/ip-map.js';
import { LocalRoutes } from './local-routes.js';

/** Addresses that no machine has: for documentation (RFC 5737, RFC 3849). */
const NOBODYS = [parseIp('192.0.2.1'), parseIp('2001:db8::1')] as const;
const INTERFACES_MS = 1000;

const now = (): number => performance.now();
const localRoutes = new LocalRoutes(now);
let interfaces = new IpMap<true>();
let interfacesUntil = Number.NEGATIVE_INFINITY;

export function machineHas(ip: Uint8Array): boolean {
  if (tryToBind(ip) !== 0) return ip.length === 16 && localRoutes.has(ip);
  const [four, six] = NOBODYS;
  if (tryToBind((ip.length === 4 ? four : six) as Uint8Array) !== 0) return true;
  if (now() >= interfacesUntil) readInterfaces();
  return interfaces.get(ip) !== undefined;
}

function readInterfaces(): void {
  interfaces = new IpMap();
  interfacesUntil = now() + INTERFACES_MS;
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) {
      const own = parseIp(address.replace(/%.*$/, ''));
      if (own !== undefined) interfaces.set(own, true);
    }
  }
}
