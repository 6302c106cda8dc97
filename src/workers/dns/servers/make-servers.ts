// Makes the servers of the configuration, each once, with the parts that they share: certificate authorities, bootstrap
// names and limits. It asks nothing.
import { rootCertificates } from 'node:tls';
import { readBounded } from '../../../files/bounded-file.js';
import type { Warn } from '../../../files/state-file.js';
import { parseIp } from '../../../protocol/address/address.js';
import { isSpecialIp } from '../../../protocol/address/special-address.js';
import type { Nameserver, Options } from '../../../protocol/options.js';
import type { Servers } from '../lookup/rounds.js';
import type { Hosts } from '../machine/hosts.js';
import { Authorities } from '../transports/authorities.js';
import { ConfiguredServer, type Server, type ServerParts } from '../transports/configured-server.js';
import { makeBootstrap } from './bootstrap.js';
import { SystemNames, systemParallel } from './getaddrinfo.js';
import { type SystemFiles, SystemServer } from './system-server.js';

export type ServersOptions = Pick<Options, 'nameservers' | 'nameservers_backup' | 'lines' | 'dns'>;

interface MakeServersParts {
  readonly hosts: Hosts;
  readonly injected: ServerParts['injected'];
  readonly warn: Warn;
  readonly now: () => number;
  readonly trace?: ServerParts['trace'];
  /** Default: getaddrinfo of the machine. */
  readonly getaddrinfo?: SystemNames;
  readonly files?: SystemFiles;
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export interface AllServers extends Servers {
  /** Each once. */
  readonly all: readonly Server[];
  byId(id: string): Server | undefined;
  /** The settings that decide the answers of `system`, as a text; undefined where `system` is not configured. */
  systemSettings(): string | undefined;
  close(): void;
}

export function makeServers(
  options: ServersOptions,
  { hosts, injected, warn, now, trace, getaddrinfo, files, environment }: MakeServersParts,
): AllServers {
  const { dns, lines } = options;
  const names =
    getaddrinfo ??
    new SystemNames({ parallel: systemParallel(process.env['UV_THREADPOOL_SIZE']), queue_max: dns.lookups_max });
  const shared = { limits: dns, lines, authorities: authoritiesOf(dns.ca_file, warn), isPublic, injected, now, trace };
  const system = new SystemServer({
    ...shared,
    getaddrinfo: names,
    timeout_ms: dns.timeout_ms,
    ...(files === undefined ? {} : { files }),
    ...(environment === undefined ? {} : { environment }),
  });
  const bootstrap = makeBootstrap({ hosts, system, timeout_ms: dns.timeout_ms, now });
  const made = new Map<string, Server>();
  const make = (nameserver: Nameserver): Server => {
    const server =
      made.get(nameserver.id) ??
      (nameserver.kind === 'system' ? system : new ConfiguredServer(nameserver, { ...shared, bootstrap }));
    made.set(nameserver.id, server);
    return server;
  };
  const first = options.nameservers.map(make);
  const backup = options.nameservers_backup.map(make);
  const all = [...made.values()];
  return {
    ...{ first, backup, all },
    byId: (id) => made.get(id),
    systemSettings: () => (all.includes(system) ? system.settings : undefined),
    close() {
      system.close();
      for (const server of all) server.close();
    },
  };
}

/** About 700 certificates; browsers trust a fifth as many. */
const CA_FILE_OCTETS_MAX = 1024 * 1024;

function authoritiesOf(path: string | undefined, warn: Warn): Authorities {
  if (path === undefined) return new Authorities();
  const read = readBounded(path, { octets_max: CA_FILE_OCTETS_MAX });
  if (read.kind === 'read') return new Authorities([...rootCertificates, read.bytes.toString('utf8')]);
  warn(`dns.ca_file ${path} ${read.kind === 'absent' ? `cannot be read: ${read.code}` : read.why}`);
  return new Authorities();
}

/** False for a server with a special address (a private network): it may well answer with addresses of that network. */
function isPublic(host: string): boolean {
  const ip = parseIp(host);
  return ip === undefined || !isSpecialIp(ip);
}
