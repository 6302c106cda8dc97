// Whether the kernel has a way from the source of a line to an address. It sends nothing.
import { errorName } from '../linux/error-name.js';
import { isError } from '../linux/result.js';
import { reach } from '../linux/source.js';
import { parseIp } from '../protocol/address/address.js';
import type { Source } from '../protocol/lines/line.js';
import { packSource } from '../protocol/lines/source.js';

/** The name of the error; undefined if there is a way. `address`: an IP address. */
export function whyNoWay(source: Source, address: string): string | undefined {
  const result = reach(parseIp(address) as Uint8Array, packSource(source));
  return isError(result) ? errorName(result) : undefined;
}
