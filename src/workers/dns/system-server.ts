// The machine's own resolver as one server. Where names are found by hosts file and DNS alone, the servers of
// /etc/resolv.conf are asked by ourselves, so that no thread of libuv's pool is held by a slow name; where anything else
// takes part, or for names that another service may know, getaddrinfo is (system.ts). /etc/hosts is hosts.ts.
//
// Measured (2 cores, 500 names of a server on loopback, 16 at a time, beside so many names that are never answered), the
// slowest of the 500: getaddrinfo on libuv's 4 threads 14 ms beside none, 9.9 s beside 2, 20 s beside 8; on 64 threads (for
// which the process would have to start itself anew) 8 ms beside 8, 9.9 s beside 40; asked by ourselves 21 ms beside 200.
// It costs 0.45 ms of CPU a name against 0.25, and tells the TTL, which getaddrinfo does not.
import { hostname } from 'node:os';
import type { Question } from '../../protocol/dns-message.js';
import type { AnsweringServer } from '../../protocol/evidence.js';
import type { Nameserver } from '../../protocol/options.js';
import {
  isPlainDns,
  leftToGetaddrinfo,
  parseResolvConf,
  type ResolvConf,
  searched,
} from '../../protocol/resolv-conf.js';
import type { Asked, Reply } from './exchange.js';
import { Habits } from './habits.js';
import { CREDULOUS } from './judge.js';
import { askList, type ListOutcome } from './list.js';
import { ConfiguredServer, type Server, type ServerParts, type Way } from './server.js';
import type { SystemNames } from './system.js';
import { WatchedFile } from './watched-file.js';

export interface SystemFiles {
  readonly resolvConf: string;
  readonly nsswitch: string;
  /** Of the servers; the file cannot say. */
  readonly port: number;
}

export const SYSTEM_FILES: SystemFiles = { resolvConf: '/etc/resolv.conf', nsswitch: '/etc/nsswitch.conf', port: 53 };

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
  readonly #plain: WatchedFile<boolean>;
  #known: ResolvConf | undefined;
  #servers: readonly Server[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#files = parts.files ?? SYSTEM_FILES;
    this.habits = new Habits(parts.now);
    this.#resolvConf = new WatchedFile(this.#files.resolvConf, parseResolvConf, parts.now);
    this.#plain = new WatchedFile(this.#files.nsswitch, isPlainDns, parts.now);
  }

  goes(way: Way): boolean {
    return way === 'usual' || this.#plain.content;
  }

  ask(question: Question, way: Way): Asked<Reply> {
    const begun_ms = this.#parts.now();
    const isDns = this.#plain.content && !leftToGetaddrinfo(question.name, hostname());
    const asked = isDns ? this.#askServers(question, way) : this.#askGetaddrinfo(question);
    void asked.outcome.then((reply) => this.habits.replied(reply, this.#parts.now() - begun_ms));
    return asked;
  }

  close(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
    this.#known = undefined;
  }

  #askGetaddrinfo({ name, type, absolute }: Question): Asked<Reply> {
    const asked = this.#parts.getaddrinfo.ask(absolute ? `${name}.` : name, this.#parts.timeout_ms);
    const outcome = asked.outcome.then((reply): Reply => {
      if (reply.kind !== 'addresses') return reply;
      const addresses = reply.addresses.filter((address) => address.includes(':') === (type === 'AAAA'));
      return addresses.length > 0 ? { ...reply, addresses } : { kind: 'nodata', ttl_s: reply.ttl_s };
    });
    return { outcome, cancel: asked.cancel };
  }

  /** The names of the search list one after the other, until one exists. */
  #askServers(question: Question, way: Way): Asked<Reply> {
    const servers = this.#current();
    const names = question.absolute ? [question.name] : searched(question.name, this.#resolvConf.content);
    let asked: Asked<ListOutcome> | undefined;
    let reason: string | undefined;
    const walk = async (): Promise<Reply> => {
      let reply: Reply = { kind: 'nxdomain', ttl_s: undefined };
      for (const name of names) {
        if (reason !== undefined) return { kind: 'no-answer', reason };
        asked = askList(servers, { name, type: question.type }, way, CREDULOUS);
        reply = replyOf(await asked.outcome);
        if (reply.kind !== 'nxdomain') break;
      }
      return reply;
    };
    const cancel = (why: string): void => {
      reason = why;
      asked?.cancel(why);
    };
    return { outcome: walk(), cancel };
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

function replyOf(outcome: ListOutcome): Reply {
  if (outcome.kind !== 'failed') return outcome;
  const rcode = /rcode (\d+)/.exec(outcome.reason)?.[1];
  // Told apart from silence, as that is asked about again.
  if (rcode !== undefined && outcome.again.length === 0) return { kind: 'server-failure', rcode: Number(rcode) };
  return outcome.spare === undefined
    ? { kind: 'no-answer', reason: outcome.reason }
    : { ...outcome.spare, doubt: outcome.reason };
}
