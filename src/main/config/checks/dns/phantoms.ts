// Checks dns.probe.phantom_servers: IP addresses at which no server answers, with or without a port. It does not check that
// no server answers there: the operator must know.
import type { ServerEndpoint } from '../../../../protocol/trust-options.js';
import { canonicalAddress } from '../values/address.js';
import { oneOrList } from '../values/one-or-list.js';
import type { Check } from '../values/setting.js';

const PHANTOMS_MAX = 8;
const DNS_PORT = 53;
const PHANTOM_ALLOWED = 'an IP address, with or without a port: 192.0.2.53, 192.0.2.53:53, [2001:db8::53]:53';
export const PHANTOMS_ALLOWED = `one, or a list of at most ${PHANTOMS_MAX}, each ${PHANTOM_ALLOWED}`;

export const checkPhantoms: Check<readonly ServerEndpoint[]> = (value, place, diagnostics) => {
  const entries = oneOrList(value, place, 0, PHANTOMS_MAX);
  if (entries === undefined) {
    diagnostics.reject(place, value, PHANTOMS_ALLOWED);
    return undefined;
  }
  const servers = entries.map(([entry, at]) => {
    const server = typeof entry === 'string' ? parsePhantom(entry) : undefined;
    if (server === undefined) diagnostics.reject(at, entry, PHANTOM_ALLOWED);
    return server;
  });
  return servers.every((server) => server !== undefined) ? servers : undefined;
};

function parsePhantom(text: string): ServerEndpoint | undefined {
  const bare = canonicalAddress(text);
  if (bare !== undefined) return { address: bare, port: DNS_PORT };
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const address = canonicalAddress(v6 ?? v4 ?? '');
  const port = Number(digits);
  if (address === undefined || address.includes(':') !== (v6 !== undefined)) return undefined;
  return port >= 1 && port <= 65535 ? { address, port } : undefined;
}
