// Whether an address of the configuration can be the source of a line. The addresses of a machine may change at any time, so a
// missing one is worth a warning, not an error: parts.ts decides.
import { parseIp } from '../../../../protocol/address/address.js';
import { canBind } from '../../../process/machine.js';

/** Whether a socket can have the address now. Takes a canonical address. */
export function isOwnAddress(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && canBind(ip);
}
