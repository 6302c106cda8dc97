// Whether an address of the configuration belongs to this machine. The addresses of a machine may change at any time, so a
// missing one is worth a warning, not an error: parts.ts decides.
import { parseIp } from '../../../../protocol/address/address.js';
import { isOfInterface } from '../../../process/interfaces.js';

/** Whether an interface has the address now, so that a socket can bind to it. Takes a canonical address. */
export function isOwnAddress(address: string): boolean {
  // All of 127.0.0.0/8 is the machine's own (RFC 1122 section 3.2.1.3).
  if (address.startsWith('127.')) return true;
  const ip = parseIp(address);
  return ip !== undefined && isOfInterface(ip);
}
