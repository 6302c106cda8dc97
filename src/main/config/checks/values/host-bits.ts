// Warns of a network whose address is not its first one, as in 10.9.0.3/8: the bits behind the prefix mean nothing, and one
// address may have been meant. It checks nothing else.
import { parseIp } from '../../../../protocol/address/address.js';
import { formatIpRange, parseIpRange } from '../../../../protocol/address/ip-range.js';
import { sameIp } from '../../../../protocol/address/same-ip.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';

/** An address and a prefix, perhaps in brackets and with ports behind them. */
const FORM = /^\[?([\da-f:.]+)\/(\d{1,3})(?:$|\]|:)/i;

/** Takes any text. */
export function warnOfHostBits(text: string, place: Place, diagnostics: Diagnostics): void {
  const [, address, prefix] = FORM.exec(text) ?? [];
  if (address === undefined) return;
  const ip = parseIp(address);
  const network = parseIpRange(`${address}/${prefix}`);
  if (ip === undefined || network === undefined || sameIp(ip, network.ip)) return;
  diagnostics.warn(
    place,
    `${address}/${prefix} means the network ${formatIpRange(network)}; for one address leave out /${prefix}`,
  );
}
