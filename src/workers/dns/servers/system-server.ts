// The machine's own resolver as one server. Where names are found by hosts file and DNS alone, this class asks the servers of
// /etc/resolv.conf itself, so that a slow name holds no thread of libuv's pool. Where another service takes part or may know
// the name, it asks getaddrinfo (getaddrinfo.ts); there the servers stand in when getaddrinfo is late or busy, so that names
// that hang do not hold up names that DNS knows. It does not read /etc/hosts: see hosts.ts.
//
// Measured (2 cores, 500 names of a server on loopback, 16 at a time, beside N names that are never answered), the slowest
// of the 500: getaddrinfo on libuv's 4 threads 14 ms with N = 0, 9.9 s with 2, 20 s with 8; on 64 threads (see
// bin/tcproute.js) 8 ms with 8, 9.9 s with 40, but 76 ms with servers that stand in; asked by ourselves 21 ms with 200.
// Our own questions also get the TTL, which getaddrinfo does not give.
import { hostname } from 'node:os';
import { parseHostAliases } from '../../../protocol/dns/host-aliases.js';
import type { Question } from '../../../protocol/dns/message.js';
import { type HostServices, leftToGetaddrinfo, parseNsswitch } from '../../../protocol/dns/nsswitch.js';
import { parseResolvConf, type ResolvConf, type Surroundings } from '../../../protocol/dns/resolv-conf.js';
import { absolutePlan, planSearch, type SearchPlan } from '../../../protocol/dns/search-list.js';
import type { Nameserver } from '../../../protocol/options.js';
import type { AnsweringServer } from '../../../protocol/trust/evidence.js';
import type { Table, Tables } from '../../../threads/contracts/dns.js';
import { type Asked, exchange, type Hear, type Reply } from '../ask/exchange.js';
import { ServerProfile } from '../ask/server-profile.js';
import { askInOrder } from '../lookup/in-order.js';
import { OrderedServer } from '../lookup/ordered-server.js';
import { Search } from '../lookup/search.js';
import { WatchedFile } from '../machine/watched-file.js';
import { ConfiguredServer, type Server, type ServerParts, type Way } from '../transports/configured-server.js';
import type { SystemNames } from './getaddrinfo.js';
import { askWithStandIn } from './stand-in.js';

export interface SystemFiles {
  readonly resolvConf: string;
  readonly nsswitch: string;
  /** The port of the servers, which resolv.conf cannot give. */
  readonly port: number;
}

export const SYSTEM_FILES: SystemFiles = { resolvConf: '/etc/resolv.conf', nsswitch: '/etc/nsswitch.conf', port: 53 };

/** How long getaddrinfo is asked alone, unless it is busy: the services before DNS go first. */
const HEAD_START_MS = 250;
/** How long a family waits for the other, in multiples of the first server's lateness: until its third try has timed out. */
const PATIENCE = 4;

type SystemServerParts = Omit<ServerParts, 'bootstrap'> & {
  readonly getaddrinfo: SystemNames;
  readonly timeout_ms: number;
  readonly files?: SystemFiles;
  /** Default: that of the process. */
  readonly environment?: Surroundings['environment'];
};

export class SystemServer implements Server {
  readonly identity: AnsweringServer = { id: 'system', public: false };
  readonly profile: ServerProfile;
  readonly #parts: SystemServerParts;
  readonly #files: SystemFiles;
  readonly #resolvConf: WatchedFile<ResolvConf>;
  readonly #services: WatchedFile<HostServices>;
  /** Aliases of names without a dot: the file HOSTALIASES of hostname(7). */
  readonly #aliases: WatchedFile<ReadonlyMap<string, string>> | undefined;
  /** By way and name: searches begun in this turn of the event loop, for the other family to join. */
  readonly #searches = new Map<string, Search>();
  #known: ResolvConf | undefined;
  #servers: readonly OrderedServer[] = [];
  /** Counts searches, for the option `rotate` of resolv.conf. */
  #turn = 0;

  constructor(parts: SystemServerParts) {
    const { now, files = SYSTEM_FILES, environment = process.env } = parts;
    this.#parts = parts;
    this.#files = files;
    this.profile = new ServerProfile(now);
    const surroundings = { hostname: hostname(), environment };
    this.#resolvConf = new WatchedFile(files.resolvConf, (text) => parseResolvConf(text, surroundings), now);
    this.#services = new WatchedFile(files.nsswitch, parseNsswitch, now);
    const { HOSTALIASES } = environment;
    this.#aliases = HOSTALIASES === undefined ? undefined : new WatchedFile(HOSTALIASES, parseHostAliases, now);
  }

  goes(way: Way): boolean {
    return way === 'usual' || this.#services.content.isPlain;
  }

  /** Sums over all servers of resolv.conf, and the tables of getaddrinfo. */
  get tables(): Tables {
    return { ...sum(this.#servers.map(({ server }) => server.tables)), ...this.#parts.getaddrinfo.tables };
  }

  ask(question: Question, way: Way, hear: Hear<Reply>): Asked {
    const begun_ms = this.#parts.now();
    const heard = (reply: Reply): void => {
      this.profile.replied(reply, this.#parts.now() - begun_ms);
      hear(reply);
    };
    const { isPlain, hasDns } = this.#services.content;
    const isOwn = leftToGetaddrinfo(question.name, hostname());
    if (isPlain && !isOwn) return this.#askServers(question, way, heard);
    if (!hasDns || isOwn) return this.#askGetaddrinfo(question, heard);
    const standing = {
      first: (hear: Hear<Reply>) => this.#askGetaddrinfo(question, hear),
      standIn: (hear: Hear<Reply>) => this.#askServers(question, way, hear),
      head_start_ms: this.#parts.getaddrinfo.isBusyFor(nameOf(question)) ? 0 : HEAD_START_MS,
    };
    return askWithStandIn(standing, heard);
  }

  /** The settings that decide its answers, as a text. */
  get settings(): string {
    return JSON.stringify(this.#resolvConf.content);
  }

  close(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
    this.#known = undefined;
  }

  #askGetaddrinfo(question: Question, hear: Hear<Reply>): Asked {
    const { getaddrinfo, timeout_ms } = this.#parts;
    return getaddrinfo.ask(nameOf(question), timeout_ms, (reply) => hear(ofType(reply, question.type)));
  }

  /** Both families of a name, asked in the same turn of the event loop, take part in one search. */
  #askServers(question: Question, way: Way, hear: Hear<Reply>): Asked {
    const { type } = question;
    const conf = this.#resolvConf.content;
    if (type === 'AAAA' && !conf.asksIpv6) return told(hear, { kind: 'nodata', ttl_s: undefined });
    const key = `${way} ${nameOf(question)}`;
    const joined = this.#searches.get(key);
    if (joined?.takes(type)) return joined.ask(type, hear);
    const search = this.#search(question, conf.overTcp && way === 'usual' ? 'tcp' : way);
    if (this.#searches.size === 0) queueMicrotask(() => this.#searches.clear());
    this.#searches.set(key, search);
    return search.ask(type, hear);
  }

  #planOf({ name, absolute }: Question, conf: ResolvConf): SearchPlan {
    if (absolute) return absolutePlan(name);
    return planSearch(name, conf, this.#aliases?.content);
  }

  #search(asked: Question, way: Way): Search {
    const servers = this.#inTurn();
    const madeUp = asked.madeUp === true;
    return new Search({
      plan: this.#planOf(asked, this.#resolvConf.content),
      ask: (question, hear) => askInOrder({ servers, question: { ...question, madeUp }, way }, hear),
      patience_ms: () => PATIENCE * (servers[0]?.lateness_ms ?? 0),
    });
  }

  /** The order of the servers, the same for the whole search. */
  #inTurn(): readonly OrderedServer[] {
    const servers = this.#current();
    if (!this.#resolvConf.content.rotates) return servers;
    const first = this.#turn % servers.length;
    this.#turn += 1;
    return [...servers.slice(first), ...servers.slice(0, first)];
  }

  #current(): readonly OrderedServer[] {
    const known = this.#resolvConf.content;
    if (known === this.#known) return this.#servers;
    this.close();
    this.#known = known;
    const { limits } = this.#parts;
    this.#servers = known.servers.map(
      (host) =>
        new OrderedServer(new ConfiguredServer(this.#nameserver(host), this.#serverParts()), limits.udp_retry_ms),
    );
    return this.#servers;
  }

  #serverParts(): ServerParts {
    const { injected } = this.#parts;
    return {
      ...this.#parts,
      isPublic: () => false,
      // A forged answer counts against the configured server `system`.
      injected: (_server, name, addresses) => injected(this.identity.id, name, addresses),
      bootstrap: () => {},
    };
  }

  #nameserver(host: string): Nameserver {
    const { port } = this.#files;
    return { kind: 'udp', id: `system ${host}`, host, port, path: '', via: undefined };
  }
}

function sum(all: readonly Tables[]): Tables {
  const sums: Record<string, Table> = {};
  for (const [name, { size, max }] of all.flatMap((tables) => Object.entries(tables))) {
    const sum = sums[name] ?? { size: 0, max: 0 };
    sums[name] = { size: sum.size + size, max: sum.max + max };
  }
  return sums;
}

function nameOf({ name, absolute }: Question): string {
  return absolute ? `${name}.` : name;
}

/** Keeps the addresses of one family: getaddrinfo answers for both. */
function ofType(reply: Reply, type: Question['type']): Reply {
  if (reply.kind !== 'addresses') return reply;
  const addresses = reply.addresses.filter((address) => address.includes(':') === (type === 'AAAA'));
  return addresses.length > 0 ? { ...reply, addresses } : { kind: 'nodata', ttl_s: reply.ttl_s };
}

/** A reply that is known without asking. */
function told(hear: Hear<Reply>, reply: Reply): Asked {
  return exchange(hear, (settle) => {
    queueMicrotask(() => settle(reply));
    return () => {};
  });
}
