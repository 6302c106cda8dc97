// Whether an address is one of this machine's, by the kernel's own word: only such an address can be bound, one of a
// `local` route among them, and the answer is never old. It takes three system calls, so it is asked seldom. Where the
// kernel lets any address be bound (net.ipv4.ip_nonlocal_bind), the addresses of the interfaces count.
import { networkInterfaces } from 'node:os';
import { tryToBind } from '../../linux/sockets.js';
import { parseIp } from '../../protocol/address.js';
import { sameIp } from '../../protocol/candidate.js';

/** Nobody's: for documentation (RFC 5737, RFC 3849). */
const NOBODYS = [parseIp('192.0.2.1'), parseIp('2001:db8::1')] as const;

export function machineHas(ip: Uint8Array): boolean {
  if (tryToBind(ip) !== 0) return false;
  const [four, six] = NOBODYS;
  if (tryToBind((ip.length === 4 ? four : six) as Uint8Array) !== 0) return true;
  return Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => {
      const own = parseIp(address);
      return own !== undefined && sameIp(own, ip);
    }),
  );
}
