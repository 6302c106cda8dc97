// The addresses that the machine's interfaces have at this moment. Others reach it too, by `local` routes: a connection actor
// asks the kernel (workers/connection/shared/machine-addresses.ts).
import { networkInterfaces } from 'node:os';
import { parseIp } from '../../protocol/address/address.js';
import { sameIp } from '../../protocol/address/same-ip.js';

/** Takes 4 bytes, or 16 that are not mapped. */
export function isOfInterface(ip: Uint8Array): boolean {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.some(({ address }) => {
    const own = parseIp(address.replace(/%.*$/, ''));
    return own !== undefined && sameIp(own, ip);
  });
}
