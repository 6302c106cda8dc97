// What the test of every key looks at: a gateway that is reloaded, a server behind it, a name server and a proxy.
import { readdirSync } from 'node:fs';
import type { DnsServer } from './dns-server.js';
import type { TrickProxy } from './proxies-trick.js';
import type { ReloadedGateway } from './reloaded-gateway.js';
import type { TestServer } from './servers.js';
import { ask } from './socks-client.js';
import { Peer } from './socks-peer.js';
import { dialAs } from './socks-user.js';
import { until } from './until.js';

export const ALICE = { name: 'alice', password: 'open sesame' };

type Came = number | 'none' | 'refused';

interface Opened {
  readonly peer: Peer | undefined;
  readonly came: Came;
}

export class Scene {
  readonly gateway: ReloadedGateway;
  readonly server: TestServer;
  readonly dns: DnsServer;
  readonly proxy: TrickProxy;
  #names = 0;
  #threads: number | undefined;

  constructor(gateway: ReloadedGateway, server: TestServer, dns: DnsServer, proxy: TrickProxy) {
    this.gateway = gateway;
    this.server = server;
    this.dns = dns;
    this.proxy = proxy;
  }

  /** The code of the reply to a new connection, or that there was none. */
  async reply(host = '127.0.0.1', port = this.server.port): Promise<Came> {
    return this.#closing(await this.#opened(host, port));
  }

  async #opened(host = '127.0.0.1', port = this.server.port): Promise<Opened> {
    const peer = await Peer.connect(this.gateway.port).catch(() => undefined);
    if (peer === undefined) return { peer, came: 'none' };
    const came = await ask(peer, { host, port }).then(
      ({ reply }) => reply.rep,
      () => 'none' as const,
    );
    return { peer, came };
  }

  /** Returns what became of the last one. */
  #closing(...all: readonly Opened[]): Came {
    for (const { peer } of all) peer?.close();
    return all.at(-1)?.came ?? 'none';
  }

  /** The same for a name that was not asked for before. */
  named(): Promise<Came> {
    this.#names += 1;
    return this.reply(`n${this.#names}.a.test`);
  }

  /** What becomes of the last of so many connections at a time. */
  async last(count: number): Promise<Came> {
    const all: Opened[] = [];
    while (all.length < count) all.push(await this.#opened());
    return this.#closing(...all);
  }

  /** What becomes of a connection beside one that says nothing. */
  async besideSilent(): Promise<Came> {
    const silent = await Peer.connect(this.gateway.port);
    const came = await this.reply();
    silent.close();
    return came;
  }

  /** What becomes of the last of so many of a user. */
  async lastOfUser(count: number): Promise<Came> {
    const all: Opened[] = [];
    while (all.length < count) {
      all.push(await dialAs(this.gateway.port, ALICE, { host: '127.0.0.1', port: this.server.port }));
    }
    return this.#closing(...all);
  }

  has(path: string): boolean {
    return this.gateway.gateway.fds().includes(path);
  }

  /** How many more threads there are than at the first call. */
  moreThreads(): number {
    const threads = readdirSync(`/proc/${this.gateway.gateway.child.pid}/task`).length;
    this.#threads ??= threads;
    return threads - this.#threads;
  }

  /** The bound of a table of the DNS actor, as reported at SIGUSR2. */
  async table(name: string): Promise<unknown> {
    const { records, child } = this.gateway.gateway;
    const all = () =>
      records.filter(({ msg }) => msg === 'report: DNS') as { tables?: Record<string, { max: number }> }[];
    const { length } = all();
    child.kill('SIGUSR2');
    await until('it is reported', () => all().length > length);
    return all()[length]?.tables?.[name]?.max;
  }
}
