// The machine's own resolver as one server. Where names are found by hosts file and DNS alone, the servers of
// /etc/resolv.conf are asked by ourselves, so that no thread of libuv's pool is held by a slow name; where anything else
// takes part, or for names that another service may know, getaddrinfo is (getaddrinfo.ts). There the servers stand in for it
// when it is late or busy, so that names that hang hold up none that DNS knows. /etc/hosts is hosts.ts.
//
// Measured (2 cores, 500 names of a server on loopback, 16 at a time, beside so many names that are never answered), the
// slowest of the 500: getaddrinfo on libuv's 4 threads 14 ms beside none, 9.9 s beside 2, 20 s beside 8; on 64 threads
// (see bin/tcproute.js) 8 ms beside 8, 9.9 s beside 40, but 76 ms with servers that stand in; asked by ourselves 21 ms
// beside 200. Asking ourselves tells the TTL, too, which getaddrinfo does not.
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
  /** Of the servers; the file cannot say. */
  readonly port: number;
}

export const SYSTEM_FILES: SystemFiles = { resolvConf: '/etc/resolv.conf', nsswitch: '/etc/nsswitch.conf', port: 53 };

/** In which getaddrinfo answers alone, unless it is busy: the services before DNS are to have their say. */
const HEAD_START_MS = 250;
/** How long a family waits for the other, in latenesses of the first server: until its third try has had its time. */
const PATIENCE = 4;

type SystemServerParts = Omit<ServerParts, 'bootstrap'> & {
  readonly getaddrinfo: SystemNames;
  readonly timeout_ms: number;
  readonly files?: SystemFiles;
  /** The process's own without. */
  readonly environment?: Surroundings['environment'];
};

export class SystemServer implements Server {
  readonly identity: AnsweringServer = { id: 'system', public: false };
  readonly profile: ServerProfile;
  readonly #parts: SystemServerParts;
  readonly #files: SystemFiles;
  readonly #resolvConf: WatchedFile<ResolvConf>;
  readonly #services: WatchedFile<HostServices>;
  /** Of names without a dot: HOSTALIASES of hostname(7). */
  readonly #aliases: WatchedFile<ReadonlyMap<string, string>> | undefined;
  /** By way and name: those that have just begun, for the other family to join. */
  readonly #searches = new Map<string, Search>();
  #known: ResolvConf | undefined;
  #servers: readonly OrderedServer[] = [];
  /** For `rotate`. */
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

  /** Of all servers of resolv.conf together, and of getaddrinfo. */
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

  /** What decides of its answers, as a text. */
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

  /** The families of a name, which are asked one after the other in one turn, take part in one search. */
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

  /** All of one search have one order. */
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
      // What is known against an answer is known of the configured server.
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

/** getaddrinfo answers for both families. */
function ofType(reply: Reply, type: Question['type']): Reply {
  if (reply.kind !== 'addresses') return reply;
  const addresses = reply.addresses.filter((address) => address.includes(':') === (type === 'AAAA'));
  return addresses.length > 0 ? { ...reply, addresses } : { kind: 'nodata', ttl_s: reply.ttl_s };
}

/** What is known without asking. */
function told(hear: Hear<Reply>, reply: Reply): Asked {
  return exchange(hear, (settle) => {
    queueMicrotask(() => settle(reply));
    return () => {};
  });
}
