// Whether the kernel has a way from the source of a line to an address. It sends nothing.
import { errorName } from '../linux/error-name.js';
import { isError } from '../linux/result.js';
import { reach } from '../linux/source.js';
import { parseIp } from '../protocol/address/address.js';
import type { Source } from '../protocol/lines/line.js';
import { presentSource, sourceFor } from './present-source.js';

/** The name of the error, or a sentence; undefined if there is a way. `address`: an IP address. */
export function whyNoWay(source: Source, address: string): string | undefined {
  const ip = parseIp(address) as Uint8Array;
  try {
    const result = reach(ip, sourceFor(source, presentSource(source), ip.length));
    return isError(result) ? errorName(result) : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
