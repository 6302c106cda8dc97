// Whether an address is one of this machine's. The kernel tells: only such an address can be bound, and its answer is always
// current. An IPv6 address of a `local` route cannot be bound; the routing tables have it. Where any address can be bound
// (net.ipv4.ip_nonlocal_bind), the addresses of the interfaces count. This takes system calls, so it is used only where a
// client asks for one of the gateway's own ports.
import { networkInterfaces } from 'node:os';
import { tryToBind } from '../../../linux/sockets.js';
import { parseIp } from '../../../protocol/address/address.js';
import { sameIp } from '../../../protocol/address/same-ip.js';
import { LocalRoutes } from './local-routes.js';

/** Addresses that no machine has: for documentation (RFC 5737, RFC 3849). */
const NOBODYS = [parseIp('192.0.2.1'), parseIp('2001:db8::1')] as const;

const localRoutes = new LocalRoutes(() => performance.now());

export function machineHas(ip: Uint8Array): boolean {
  if (tryToBind(ip) !== 0) return ip.length === 16 && localRoutes.has(ip);
  const [four, six] = NOBODYS;
  if (tryToBind((ip.length === 4 ? four : six) as Uint8Array) !== 0) return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => {
      const own = parseIp(address);
      return own !== undefined && sameIp(own, ip);
    }),
  );
}
