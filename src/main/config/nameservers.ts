// nameservers and nameservers_backup: "system", one server, or a list of servers. It asks none of them.
import type { Nameserver, NameserverChoice } from '../../protocol/options.js';
import { canonicalAddress } from './address.js';
import { inside } from './place.js';
import type { Check } from './setting.js';

const SERVERS_MAX = 16;
const DNS_PORT = 53;
const SERVER_ALLOWED = 'an IP address, with or without a port: 8.8.8.8, 127.0.0.1:5353, ::1, [::1]:53';
export const NAMESERVERS_ALLOWED = `"system", one server or a list of 1 to ${SERVERS_MAX} servers, each ${SERVER_ALLOWED}`;
export const NAMESERVERS_BACKUP_ALLOWED = `${NAMESERVERS_ALLOWED}; null or [] for none`;

export const checkNameservers: Check<NameserverChoice> = (value, place, findings) => {
  if (value === 'system') return 'system';
  const entries: unknown = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > SERVERS_MAX) {
    findings.reject(place, value, NAMESERVERS_ALLOWED);
    return undefined;
  }
  const servers = entries.map((entry) => parseServer(entry));
  for (const [index, server] of servers.entries()) {
    if (server !== undefined) continue;
    if (typeof value === 'string') findings.reject(place, value, NAMESERVERS_ALLOWED);
    else findings.reject(inside(place, index), entries[index], `${SERVER_ALLOWED} ("system" only stands alone)`);
  }
  return servers.every((server) => server !== undefined) ? servers : undefined;
};

/** null is none; undefined stays "there was an error". */
export const checkNameserversBackup: Check<NameserverChoice | null> = (value, place, findings) => {
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  return checkNameservers(value, place, findings);
};

function parseServer(entry: unknown): Nameserver | undefined {
  if (typeof entry !== 'string') return undefined;
  const bare = canonicalAddress(entry);
  if (bare !== undefined) return { address: bare, port: DNS_PORT };
  const [, v6, v4, digits] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(entry) ?? [];
  const address = canonicalAddress(v6 ?? v4 ?? '');
  const port = digits === undefined ? DNS_PORT : Number(digits);
  if (address === undefined || address.includes(':') !== (v6 !== undefined)) return undefined;
  return port >= 1 && port <= 65535 ? { address, port } : undefined;
}
