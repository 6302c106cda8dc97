// Parses the hosts file of the machine, /etc/hosts, into a table (hosts(5)). It reads no file.
import { formatIp, parseIp } from '../address/address.js';
import { normaliseName } from '../address/host-name.js';
import { linesOf } from '../text/lines.js';

/** More than any list of blocked hosts that people keep there. */
const NAMES_MAX = 500_000;
const ADDRESSES_MAX = 64;

/** Canonical addresses by normalised name, in the order of the file. Invalid addresses and names are skipped. */
export function parseHosts(text: string): ReadonlyMap<string, readonly string[]> {
  const table = new Map<string, string[]>();
  for (const line of linesOf(text)) {
    const [first, ...names] = line.replace(/#.*$/s, '').trim().split(/\s+/);
    const ip = parseIp(first ?? '');
    if (ip === undefined) continue;
    const address = formatIp(ip);
    for (const given of names) {
      const name = normaliseName(given);
      const addresses = name === undefined ? undefined : (table.get(name) ?? []);
      if (name === undefined || addresses === undefined || table.size >= NAMES_MAX) continue;
      if (addresses.length < ADDRESSES_MAX && !addresses.includes(address)) addresses.push(address);
      table.set(name, addresses);
    }
  }
  return table;
}
