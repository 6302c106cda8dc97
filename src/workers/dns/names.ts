// What the DNS actor answers from: servers, hosts files, the resolver and the trust in addresses, built from the options.
// It knows no ports and no threads: see actor.ts.
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Warn } from '../../files/state-file.js';
import { askedName, normaliseName, withoutDot } from '../../protocol/address/host-name.js';
import type { Notice } from '../../protocol/notices/notice.js';
import type { Options } from '../../protocol/options.js';
import type { KnownName } from '../../threads/contracts/admin/names.js';
import type { LookupAnswer, NameExplanation, NamesStatistics } from '../../threads/contracts/dns.js';
import { type Hear, unasked } from './ask/exchange.js';
import type { Judge } from './ask/judge.js';
import { ServerStates } from './ask/server-states.js';
import { askEvery } from './explain.js';
import { keptAnswer } from './lookup/kept-answer.js';
import { Resolver } from './lookup/resolver.js';
import { Hosts } from './machine/hosts.js';
import { MachineWatch } from './machine/machine-watch.js';
import { LocalNetwork } from './machine/network.js';
import { type AllServers, makeServers } from './servers/make-servers.js';
import type { TraceQuestion } from './transports/configured-server.js';
import { Trust } from './trust/trust.js';

export type NamesOptions = Pick<
  Options,
  'nameservers' | 'nameservers_backup' | 'hosts' | 'blacklist' | 'lines' | 'dns'
>;

export interface NamesParts {
  readonly warn: Warn;
  /** Whether another process writes the state file. */
  readonly readOnly?: boolean;
  /** In the form of the state file, which then is read only if it is new. */
  readonly evidence?: string | undefined;
  readonly isFileNew?: boolean | undefined;
  /** Gets a notice when a server dies or comes back. */
  readonly tell?: (notice: Notice) => void;
  /** Called for every question to a server. */
  readonly trace?: TraceQuestion | undefined;
}

const shownMs = (time_ms: number | undefined): number | undefined =>
  time_ms === undefined ? undefined : Math.round(time_ms * 10) / 10;

const bothOf = (name: string): readonly string[] => [name, `${name}.`];

export class Names {
  readonly trust: Trust;
  readonly #options: NamesOptions;
  readonly #servers: AllServers;
  readonly #hosts: Hosts;
  readonly #resolver: Resolver;
  readonly #watch: MachineWatch;
  readonly #now = (): number => performance.now();

  constructor(options: NamesOptions, parts: NamesParts) {
    const { warn, readOnly = false, evidence, isFileNew, tell = () => {}, trace } = parts;
    const now = this.#now;
    this.#options = options;
    this.#hosts = new Hosts(options.hosts, now, undefined, warn);
    const injected = (server: string, name: string, addresses: readonly string[]): void =>
      this.trust.injected(server, name, addresses);
    this.#servers = makeServers(options, { hosts: this.#hosts, injected, warn, now, trace });
    const states = new ServerStates(
      this.#servers.all.map(({ identity }) => identity.id),
      tell,
    );
    for (const { profile, identity } of this.#servers.all) {
      profile.observer = (reply) => states.replied(identity.id, reply);
    }
    this.trust = new Trust(options, {
      warn,
      readOnly,
      evidence,
      isFileNew,
      ask: ({ id }, question, hear) =>
        this.#servers.byId(id)?.ask(question, 'usual', hear) ?? unasked(hear, 'no such server'),
    });
    const network = new LocalNetwork(now);
    this.#resolver = new Resolver(options.dns, {
      ...{ servers: this.#servers, hosts: this.#hosts, judge: this.trust, network, now },
      outdated: (name) => this.trust.namesChanged([name]),
    });
    this.#watch = new MachineWatch({
      hosts: this.#hosts,
      servers: () => this.#servers.systemSettings(),
      changed: ({ names, servers }) => {
        if (servers) this.#resolver.expire();
        this.trust.namesChanged(names);
      },
    });
    this.trust.start();
  }

  /**
   * `hear` gets the last answer within `dns.timeout_ms`; answers before it say `more`. A known answer is heard within the
   * call.
   */
  lookup(name: string, hear: Hear<LookupAnswer>): void {
    this.#resolver.lookup(name, hear);
  }

  /** The same for a name whose known answer is of no use: its servers are asked anew, if that has not been done just now. */
  renew(name: string, hear: Hear<LookupAnswer>): void {
    this.#resolver.renew(name, hear);
  }

  statistics(): NamesStatistics {
    const { first, all } = this.#servers;
    return {
      servers: all.map((server) => ({
        id: server.identity.id,
        backup: !first.includes(server),
        latency_ms: shownMs(server.profile.latency_ms),
        times: server.profile.times.read(),
        counts: { ...server.profile.counts },
        tables: server.tables,
      })),
      lookups: { ...this.#resolver.counts },
      tables: { ...this.#resolver.tables, ...this.trust.tables },
      evidence: this.trust.kinds,
      probes: this.trust.probed,
    };
  }

  /** Asks every server for `text`, whatever the cache holds, and adds the resolver's own choice. Never rejects. */
  async explain(text: string): Promise<NameExplanation> {
    const asked = askedName(text);
    const name = asked === undefined ? undefined : withoutDot(asked);
    const hosts = name === undefined ? undefined : this.#hosts.lookup(name);
    const { try_timeout_ms: timeout_ms, hold_ms, ipv6 } = this.#options.dns;
    const types = ipv6 === 'off' ? (['A'] as const) : (['A', 'AAAA'] as const);
    const evidence = async (): Promise<void> => {
      const late = new AbortController();
      const { signal } = late;
      await Promise.race([this.trust.probedOnce, wait(this.#options.dns.timeout_ms, undefined, { signal })]);
      // The timer's rejection goes nowhere: the race is over.
      late.abort();
      await wait(hold_ms);
    };
    const explaining = { judge: this.trust, types, timeout_ms, evidence, now: this.#now };
    const asks = asked !== undefined && isIP(text) === 0;
    const answers = asks ? await askEvery(asked, this.#servers, explaining) : [];
    return {
      name: name ?? text,
      hosts,
      answers,
      choice: await new Promise<LookupAnswer>((hear) => this.lookup(text, hear)),
    };
  }

  /** What is kept of a name, and of the same name with a dot at its end. Asks nobody. Undefined for a text that is no name. */
  known(text: string): KnownName | undefined {
    const name = normaliseName(text);
    if (name === undefined) return undefined;
    const both = bothOf(name);
    const judge: Judge = { judge: (...answer) => this.trust.verdict(...answer) };
    return {
      name,
      hosts: this.#hosts.lookup(name),
      answers: both.flatMap((asked) => keptAnswer(asked, this.#resolver.kept(asked), judge) ?? []),
      is_in_flight: both.some((asked) => this.#resolver.isInFlight(asked)),
    };
  }

  /** Forgets the answers of a name here and in all connection actors. How many there were here; undefined for a text that is no name. */
  flush(text: string): number | undefined {
    const name = normaliseName(text);
    if (name === undefined) return undefined;
    const forgotten = bothOf(name).filter((asked) => this.#resolver.forget(asked));
    this.trust.namesChanged([name]);
    return forgotten.length;
  }

  /** The regular work: to be called every few seconds. Returns whether to call it again soon. */
  look(): boolean {
    this.trust.expire();
    return this.#watch.look();
  }

  /** Settles when no socket and no timer is left. */
  async stop(): Promise<void> {
    this.#resolver.stop();
    // Before the servers close: the prober waits for their answers.
    const stopped = this.trust.stop();
    this.#servers.close();
    await stopped;
  }
}
