// One line of the configuration for `tcproute check`: its name, its preference, and its link where that is down or gives its address.
import { seenInterface } from '../../linux/netlink/look.js';
import { formatIp } from '../../protocol/address/address.js';
import type { Line } from '../../protocol/lines/line.js';
import { preferenceText } from '../../protocol/lines/preference.js';
import { plain } from '../../protocol/text/plain-text.js';
import { faultText } from '../../protocol/uplinks/line-link.js';
import { presentAddresses } from '../../protocol/uplinks/present-address.js';

export function lineText(line: Line): string {
  const notes = [preferenceText(line), linkText(line)].filter((note) => note !== undefined);
  return notes.length === 0 ? plain(line.name) : `${plain(line.name)}  (${notes.join('; ')})`;
}

/** `now from 10.1.0.1 and 2001:db8::1`, or what is wrong; undefined where there is nothing to say. */
function linkText({ source: { device, auto } }: Line): string | undefined {
  if (device === undefined) return undefined;
  const seen = seenInterface(device);
  if (seen === undefined) return faultText('absent', device);
  if (!seen.isUp) return faultText('switched-off', device);
  if (!seen.isRunning) return faultText('no-carrier', device);
  if (!auto) return undefined;
  const { ip4, ip6 } = presentAddresses(seen.addresses);
  const own = [ip4, ip6].flatMap((ip) => (ip === undefined ? [] : [formatIp(ip)]));
  return own.length === 0 ? faultText('no-address', device) : `now from ${own.join(' and ')}`;
}
