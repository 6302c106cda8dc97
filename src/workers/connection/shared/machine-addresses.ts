// Whether an address is one of this machine's, by the kernel's own word: only such an address can be bound, and the answer
// is never old. An IPv6 address of a `local` route cannot be bound; the routing tables have it. Where the kernel lets any
// address be bound (net.ipv4.ip_nonlocal_bind), the addresses of the interfaces count. It takes system calls, so it is
// asked only where a client wants a port of the gateway's own.
import { networkInterfaces } from 'node:os';
import { tryToBind } from '../../../linux/sockets.js';
import { parseIp } from '../../../protocol/address/address.js';
import { sameIp } from '../../../protocol/lines/candidate.js';
import { LocalRoutes } from './local-routes.js';

/** Nobody's: for documentation (RFC 5737, RFC 3849). */
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
