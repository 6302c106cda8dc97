// The machine's own resolver as one server. Where names are found by hosts file and DNS alone, the servers of
// /etc/resolv.conf are asked by ourselves, so that no thread of libuv's pool is held by a slow name; where anything else
// takes part, or for names that another service may know, getaddrinfo is (system.ts). There the servers stand in for it
// when it is late or busy, so that names that hang hold up none that DNS knows. /etc/hosts is hosts.ts.
//
// Measured (2 cores, 500 names of a server on loopback, 16 at a time, beside so many names that are never answered), the
// slowest of the 500: getaddrinfo on libuv's 4 threads 14 ms beside none, 9.9 s beside 2, 20 s beside 8; on 64 threads
// (see bin/tcproute.js) 8 ms beside 8, 9.9 s beside 40, but 76 ms with servers that stand in; asked by ourselves 21 ms
// beside 200. Asking ourselves tells the TTL, too, which getaddrinfo does not.
import { hostname } from 'node:os';
import type { Question } from '../../protocol/dns-message.js';
import type { AnsweringServer } from '../../protocol/evidence.js';
import type { Table, Tables } from '../../protocol/names-statistics.js';
import type { Nameserver } from '../../protocol/options.js';
import {
  type HostServices,
  leftToGetaddrinfo,
  parseNsswitch,
  parseResolvConf,
  type ResolvConf,
  searched,
} from '../../protocol/resolv-conf.js';
import type { Asked, Hear, Reply } from './exchange.js';
import { Habits } from './habits.js';
import { CREDULOUS } from './judge.js';
import { askList, type ListOutcome } from './list.js';
import { ConfiguredServer, type Server, type ServerParts, type Way } from './server.js';
import { askWithStandIn } from './stand-in.js';
import type { SystemNames } from './system.js';
import { WatchedFile } from './watched-file.js';

export interface SystemFiles {
  readonly resolvConf: string;
  readonly nsswitch: string;
  /** Of the servers; the file cannot say. */
  readonly port: number;
}

export const SYSTEM_FILES: SystemFiles = { resolvConf: '/etc/resolv.conf', nsswitch: '/etc/nsswitch.conf', port: 53 };

/** In which getaddrinfo answers alone, unless it is busy: the services before DNS are to have their say. */
const HEAD_START_MS = 250;

type Parts = Omit<ServerParts, 'bootstrap'> & {
  readonly getaddrinfo: SystemNames;
  readonly timeout_ms: number;
  readonly files?: SystemFiles;
};

export class SystemServer implements Server {
  readonly identity: AnsweringServer = { id: 'system', public: false };
  readonly habits: Habits;
  readonly #parts: Parts;
  readonly #files: SystemFiles;
  readonly #resolvConf: WatchedFile<ResolvConf>;
  readonly #services: WatchedFile<HostServices>;
  #known: ResolvConf | undefined;
  #servers: readonly Server[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#files = parts.files ?? SYSTEM_FILES;
    this.habits = new Habits(parts.now);
    this.#resolvConf = new WatchedFile(this.#files.resolvConf, parseResolvConf, parts.now);
    this.#services = new WatchedFile(this.#files.nsswitch, parseNsswitch, parts.now);
  }

  goes(way: Way): boolean {
    return way === 'usual' || this.#services.content.isPlain;
  }

  /** Of all servers of resolv.conf together, and of getaddrinfo. */
  get tables(): Tables {
    return { ...sum(this.#servers.map(({ tables }) => tables)), ...this.#parts.getaddrinfo.tables };
  }

  ask(question: Question, way: Way, hear: Hear<Reply>): Asked {
    const begun_ms = this.#parts.now();
    const heard = (reply: Reply): void => {
      this.habits.replied(reply, this.#parts.now() - begun_ms);
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

  close(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
    this.#known = undefined;
  }

  #askGetaddrinfo(question: Question, hear: Hear<Reply>): Asked {
    const { getaddrinfo, timeout_ms } = this.#parts;
    return getaddrinfo.ask(nameOf(question), timeout_ms, (reply) => hear(ofType(reply, question.type)));
  }

  /** The names of the search list one after the other, until one exists. */
  #askServers(question: Question, way: Way, hear: Hear<Reply>): Asked {
    const servers = this.#current();
    const names = question.absolute ? [question.name] : searched(question.name, this.#resolvConf.content);
    const { type } = question;
    let asked: Asked | undefined;
    let reason: string | undefined;
    const askNext = (place: number): void => {
      const one = { question: { name: names[place] as string, type }, way, judge: CREDULOUS };
      asked = askList(servers, one, (outcome) => {
        const reply = replyOf(outcome);
        if (reply.kind === 'no-answer' && reason !== undefined) hear({ kind: 'no-answer', reason });
        else if (reason === undefined && reply.kind === 'nxdomain' && place < names.length - 1) askNext(place + 1);
        else hear(reply);
      });
    };
    askNext(0);
    return {
      cancel(why) {
        reason = why;
        asked?.cancel(why);
      },
    };
  }

  #current(): readonly Server[] {
    const known = this.#resolvConf.content;
    if (known === this.#known) return this.#servers;
    this.close();
    this.#known = known;
    this.#servers = known.servers.map((host) => new ConfiguredServer(this.#nameserver(host), this.#serverParts()));
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

function replyOf(outcome: ListOutcome): Reply {
  if (outcome.kind !== 'failed') return outcome;
  const rcode = /rcode (\d+)/.exec(outcome.reason)?.[1];
  // Told apart from silence, as that is asked about again.
  if (rcode !== undefined && outcome.again.length === 0) return { kind: 'server-failure', rcode: Number(rcode) };
  return outcome.spare === undefined
    ? { kind: 'no-answer', reason: outcome.reason }
    : { ...outcome.spare, doubt: outcome.reason };
}
