// Checks nameservers and nameservers_backup: one server, or a list of servers, each a text or an object that names the line
// through which it is asked. It asks no server, and does not know the lines: see finish.ts.
import type { Nameserver } from '../../../../protocol/options.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import { inside, type Place } from '../../diagnostics/place.js';
import type { Check } from '../values/setting.js';
import { parseServer, SERVER_ALLOWED } from './server-text.js';

const SERVERS_MAX = 16;
const KEYS = ['server', 'via'];
export const NAMESERVERS_ALLOWED = `one server or a list of 1 to ${SERVERS_MAX} servers, each ${SERVER_ALLOWED}, or {"server": …, "via": "name of a line"}`;
export const NAMESERVERS_BACKUP_ALLOWED = `${NAMESERVERS_ALLOWED}; null or [] for none`;

export const checkNameservers: Check<readonly Nameserver[]> = (value, place, diagnostics) => {
  if (!Array.isArray(value)) {
    const server = checkServer(value, place, diagnostics, NAMESERVERS_ALLOWED);
    return server === undefined ? undefined : [server];
  }
  if (value.length === 0 || value.length > SERVERS_MAX) {
    diagnostics.reject(place, value, NAMESERVERS_ALLOWED);
    return undefined;
  }
  const servers = value.map((entry, index) => checkServer(entry, inside(place, index), diagnostics, SERVER_ALLOWED));
  const right = servers.filter((server) => server !== undefined);
  // A server that is listed twice is asked only once.
  return right.filter((server, index) => right.findIndex(({ id }) => id === server.id) === index);
};

/** null means none, like an empty list. */
export const checkNameserversBackup: Check<readonly Nameserver[]> = (value, place, diagnostics) => {
  if (value === null || (Array.isArray(value) && value.length === 0)) return [];
  return checkNameservers(value, place, diagnostics);
};

function checkServer(value: unknown, place: Place, diagnostics: Diagnostics, allowed: string): Nameserver | undefined {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'server')) {
    return checkVia(value as Readonly<Record<string, unknown>>, place, diagnostics);
  }
  const server = typeof value === 'string' ? parseServer(value) : undefined;
  if (server === undefined) diagnostics.reject(place, value, allowed);
  return server;
}

function checkVia(
  fields: Readonly<Record<string, unknown>>,
  place: Place,
  diagnostics: Diagnostics,
): Nameserver | undefined {
  const { server: text, via } = fields;
  const strays = Object.keys(fields).filter((key) => !KEYS.includes(key));
  for (const key of strays) diagnostics.unknownKey(place, key, KEYS);
  const server = checkServer(text, inside(place, 'server'), diagnostics, SERVER_ALLOWED);
  if (server === undefined || strays.length > 0) return undefined;
  if (via === undefined) return server;
  if (typeof via !== 'string') {
    diagnostics.reject(inside(place, 'via'), via, 'the name of a line');
    return undefined;
  }
  if (server.kind === 'udp' || server.kind === 'system') {
    diagnostics.reject(
      inside(place, 'server'),
      text,
      'a tcp://, tls:// or https:// server, as it is asked through a line',
    );
    return undefined;
  }
  return { ...server, id: `${server.id} via ${via}`, via };
}
