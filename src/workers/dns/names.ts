// Everything that the DNS actor answers from: servers, hosts files, the resolver and the trust in addresses, put together
// from the options. Ports and threads are actor.ts.
import { isIP } from 'node:net';
import type { Warn } from '../../files/state-file.js';
import type { LookupAnswer } from '../../protocol/messages.js';
import { normaliseName } from '../../protocol/names.js';
import type { NameExplanation, NamesStatistics } from '../../protocol/names-statistics.js';
import type { Options } from '../../protocol/options.js';
import { exchange } from './exchange.js';
import { askEvery } from './explain.js';
import { Hosts } from './hosts.js';
import { LocalNetwork } from './network.js';
import { Resolver } from './resolver.js';
import { type AllServers, makeServers } from './servers.js';
import { Trust } from './trust.js';

export type NamesOptions = Pick<
  Options,
  'nameservers' | 'nameservers_backup' | 'hosts' | 'blacklist' | 'lines' | 'dns'
>;

export class Names {
  readonly trust: Trust;
  readonly #options: NamesOptions;
  readonly #servers: AllServers;
  readonly #hosts: Hosts;
  readonly #resolver: Resolver;
  readonly #now = (): number => performance.now();

  constructor(options: NamesOptions, warn: Warn) {
    const now = this.#now;
    this.#options = options;
    this.#hosts = new Hosts(options.hosts, now);
    const injected = (server: string, name: string, addresses: readonly string[]): void =>
      this.trust.injected(server, name, addresses);
    this.#servers = makeServers(options, { hosts: this.#hosts, injected, warn, now });
    this.trust = new Trust(options, {
      warn,
      ask: (nameserver, question) =>
        this.#servers.byId(nameserver.id)?.ask(question, 'usual') ??
        exchange((settle) => {
          settle({ kind: 'no-answer', reason: 'no such server' });
          return () => {};
        }),
    });
    const network = new LocalNetwork(now);
    this.#resolver = new Resolver(options.dns, {
      ...{ servers: this.#servers, hosts: this.#hosts, judge: this.trust, network, now },
    });
    this.trust.start();
  }

  lookup(name: string): Promise<LookupAnswer> {
    return this.#resolver.lookup(name);
  }

  statistics(): NamesStatistics {
    const { first, all } = this.#servers;
    return {
      servers: all.map((server) => ({
        id: server.identity.id,
        backup: !first.includes(server),
        latency_ms: server.habits.latency_ms,
        counts: { ...server.habits.counts },
      })),
      lookups: { ...this.#resolver.counts },
      ...this.#resolver.sizes,
      probes: this.trust.probed,
      bad_addresses: this.trust.list().length,
    };
  }

  async explain(text: string): Promise<NameExplanation> {
    const name = normaliseName(text);
    const hosts = name === undefined ? undefined : this.#hosts.lookup(name);
    const { try_timeout_ms: timeout_ms, ipv6 } = this.#options.dns;
    const types = ipv6 === 'off' ? (['A'] as const) : (['A', 'AAAA'] as const);
    const explaining = { judge: this.trust, types, timeout_ms, now: this.#now };
    const asks = name !== undefined && isIP(text) === 0;
    const answers = asks ? await askEvery(name, this.#servers, explaining) : [];
    return { name: name ?? text, hosts, answers, choice: await this.lookup(text) };
  }

  /** Settles when no socket and no timer is left. */
  async stop(): Promise<void> {
    this.#resolver.stop();
    // Before the servers: the prober waits for them.
    const stopped = this.trust.stop();
    this.#servers.close();
    await stopped;
  }
}
