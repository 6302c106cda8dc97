// A resolver with its servers, without a thread of its own. The test gives its trust, the machine's files and the clock.
import { sourcesOf } from '../../src/protocol/address/address-order.js';
import type { LookupAnswer } from '../../src/threads/contracts/dns.js';
import { CREDULOUS, type Judge } from '../../src/workers/dns/ask/judge.js';
import { Resolver } from '../../src/workers/dns/lookup/resolver.js';
import { Hosts } from '../../src/workers/dns/machine/hosts.js';
import type { Network } from '../../src/workers/dns/machine/network.js';
import type { NamesOptions } from '../../src/workers/dns/names.js';
import { SystemNames } from '../../src/workers/dns/servers/getaddrinfo.js';
import { type AllServers, makeServers } from '../../src/workers/dns/servers/make-servers.js';
import type { SystemFiles } from '../../src/workers/dns/servers/system-server.js';

export interface TestParts {
  readonly system?: SystemNames;
  readonly now?: () => number;
  readonly judge?: Judge;
  /** Called for each forged answer. */
  readonly injected?: (server: string, name: string, addresses: readonly string[]) => void;
  readonly network?: Network;
  readonly files?: SystemFiles;
  readonly hostsFile?: string;
  /** Default: empty, without the process's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface TestResolver extends Pick<Resolver, 'counts' | 'tables'> {
  /** Gives the first answer. */
  lookup(name: string): Promise<LookupAnswer>;
  /** Calls `heard` with every answer. */
  hear(name: string, heard: (answer: LookupAnswer) => void): void;
  /** Gives the last answer to a question anew. */
  renew(name: string): Promise<LookupAnswer>;
  /** Names of which a renewal has found other addresses. */
  readonly outdated: readonly string[];
  readonly servers: AllServers;
  /** Afterwards nothing is left once the sockets have closed. */
  stop(): void;
}

/** A /etc/nsswitch.conf that makes `system` use getaddrinfo. */
const NOT_PLAIN: SystemFiles = {
  resolvConf: '/dev/null',
  nsswitch: new URL('../../../test/fixtures/nsswitch-ldap.conf', import.meta.url).pathname,
  port: 53,
};

export function makeResolver(options: NamesOptions, parts: TestParts = {}): TestResolver {
  const now = parts.now ?? (() => performance.now());
  const judge = parts.judge ?? CREDULOUS;
  const hosts = new Hosts(options.hosts, now, parts.hostsFile ?? '/nonexistent');
  const servers = makeServers(options, {
    hosts,
    now,
    warn: () => {},
    injected: parts.injected ?? (() => {}),
    getaddrinfo: parts.system ?? new SystemNames({ parallel: 1, queue_max: 1 }),
    files: parts.files ?? NOT_PLAIN,
    environment: parts.environment ?? {},
  });
  const network = {
    current: parts.network ?? { sources: sourcesOf(['::1', '2001:db8::99', '127.0.0.1', '192.0.2.99']), hasIpv6: true },
  };
  const outdated: string[] = [];
  const changed = (name: string): void => void outdated.push(name);
  const resolver = new Resolver(options.dns, { servers, hosts, judge, network, now, outdated: changed });
  return {
    servers,
    counts: resolver.counts,
    get tables() {
      return resolver.tables;
    },
    lookup: (name) => new Promise((hear) => resolver.lookup(name, hear)),
    renew: (name) =>
      new Promise((hear) =>
        resolver.renew(name, (answer) => ('more' in answer && answer.more ? undefined : hear(answer))),
      ),
    outdated,
    hear: (name, heard) => resolver.lookup(name, heard),
    stop() {
      resolver.stop();
      servers.close();
    },
  };
}
