// Direct where it works, else the proxy, learned for each site, without a list: the first example of the README. A censor stands
// between the direct line and some sites, and none between the proxy and them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { LineNumbers } from '../../src/protocol/lines/numbers.js';
import { encodeRoutes } from '../../src/protocol/routes/snapshot.js';
import type { CandidateState, RouteState } from '../../src/protocol/routes/state.js';
import { BlackHole } from '../helpers/black-hole.js';
import { whyNoCertificate } from '../helpers/certificate.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { through } from '../helpers/socks-client.js';
import { SocksProxy } from '../helpers/socks-proxy.js';
import { TLS_NAME, type TlsServer, tlsServer } from '../helpers/tls-server.js';
import { type TlsTrick, TrickTls } from '../helpers/tls-trick.js';
import { until } from '../helpers/until.js';

const missing = whyNoCertificate();
const HTTP = 'page\n';

/** What the direct line meets at each site's address. A wrong DNS answer leads to a server that speaks no TLS. */
const SITES = {
  'reset.test': { address: '127.0.0.11', trick: 'resets' },
  'swallowed.test': { address: '127.0.0.12', trick: 'silent' },
  'forged.test': { address: '127.0.0.13', trick: 'plain-text' },
  'free.test': { address: '127.0.0.14', trick: 'none' },
} as const;
/** There the SYN is swallowed. */
const HOLE = { host: 'hole.test', address: '127.0.0.15' };

interface Net {
  readonly server: TlsServer;
  readonly proxy: SocksProxy;
  /** What the direct line meets, by the site's name. */
  readonly met: Readonly<Record<string, TrickTls>>;
  readonly config: object;
}

async function net(world: World): Promise<Net> {
  const server = world.use(await tlsServer());
  // Known at once: the proxy does not wait for answers, so it would be first where they are late.
  const hosts: Record<string, string> = { [HOLE.host]: HOLE.address };
  const met: Record<string, TrickTls> = {};
  for (const [host, { address, trick }] of Object.entries(SITES)) {
    const played: TlsTrick = trick === 'none' ? { passes: server.port } : trick;
    met[host] = world.use(await TrickTls.listen(played, address, server.port));
    hosts[host] = address;
  }
  const names = Object.fromEntries(Object.keys(hosts).map((host) => [host, '127.0.0.1']));
  const proxy = world.use(await SocksProxy.start(undefined, names));
  const upstream = ['direct', { type: 'socks5', name: 'proxy', host: '127.0.0.1', port: proxy.port, tier: 1 }];
  const config = {
    upstream,
    hosts,
    log_level: 'debug',
    workers: 1,
  };
  return { server, proxy, met, config };
}

/** A client gets its page. */
async function visit(gateway: Gateway, host: string, { port, ca }: TlsServer): Promise<void> {
  const peer = await through(gateway.port, { host, port });
  peer.socket.removeAllListeners('data');
  const client = connectTls({ socket: peer.socket, servername: TLS_NAME, ca });
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('error', reject);
      client.once('close', () => reject(new Error(`${host}: closed`)));
      client.once('data', (page: Buffer) => (page.toString() === HTTP ? resolve() : reject(new Error(`${page}`))));
      client.write(HTTP);
    });
  } finally {
    client.destroy();
  }
}

const passedOf = ({ proxy }: Net, host: string): number => proxy.passed.filter((one) => one.host === host).length;

inBothEngines(
  'whatever a censor does to the direct line, a client gets its page, and the next one goes to the proxy at once',
  async (world) => {
    const all = await net(world);
    world.use(BlackHole.open(all.server.port, HOLE.address));
    const gateway = await world.gateway(all.config);
    for (const host of ['reset.test', 'swallowed.test', 'forged.test', HOLE.host]) {
      for (let times = 1; times <= 3; times += 1) {
        await visit(gateway, host, all.server);
        assert.deepEqual([host, passedOf(all, host)], [host, times]);
        const direct = all.met[host];
        if (direct !== undefined) assert.deepEqual([host, direct.count], [host, 1]);
      }
    }
    for (let times = 1; times <= 3; times += 1) await visit(gateway, 'free.test', all.server);
    assert.deepEqual([passedOf(all, 'free.test'), all.met['free.test']?.count], [0, 3]);
    const why = () =>
      gateway.records.filter(({ target }) => `${target}`.startsWith('free.test')).map((one) => one['why']);
    await until('its connections have ended', () => why().length === 3);
    assert.deepEqual(why(), ['cheaper', 'remembered', 'remembered']);
    // A censor that comes later is found out by the same connection.
    const free = all.met['free.test'] as TrickTls;
    free.trick = 'silent';
    await visit(gateway, 'free.test', all.server);
    assert.deepEqual([passedOf(all, 'free.test'), free.count], [1, 4]);
  },
  30_000,
  missing,
);

interface Told {
  readonly line: string;
  readonly remembered: boolean;
  readonly trial?: true;
}

/** What an earlier process knew a minute ago: the direct line is no use, by the proxy it works. */
function known(host: string, address: string, { port }: TlsServer): RouteState {
  const usual: CandidateState = {
    ...{ line: 1, address: '127.0.0.1', connect: [5, 1, 9], first_byte: [5, 1, 9], successes: 9, worked_age_ms: 1000 },
    ...{ answered_age_ms: 1000, failed_age_ms: null, updated_age_ms: 1000, streak: 0, lates: 0, mute: false },
    ...{ pending: null, failures: [] },
  };
  const mute: CandidateState = {
    ...usual,
    ...{ line: 0, address, failed_age_ms: 60_000, updated_age_ms: 60_000, streak: 1, mute: true },
    failures: [{ cause: 'silent', count: 1, age_ms: 60_000 }],
  };
  return {
    destination: `${host}:${port}`,
    candidates: [usual, mute],
    best: 0,
    home: { age_ms: 60_000, tries: 0 },
  };
}

inBothEngines(
  'when the censor goes, a site comes home: tried beside the proxy, which carries the client meanwhile',
  async (world) => {
    const all = await net(world);
    const direct = all.met['reset.test'] as TrickTls;
    direct.trick = { passes: all.server.port };
    const source = { ip: undefined, port: 0 };
    const hop = {
      kind: 'socks5',
      host: '127.0.0.1',
      port: all.proxy.port,
      username: undefined,
      password: undefined,
    } as const;
    const lines = new LineNumbers().give([
      { name: 'direct', source, hops: [] },
      { name: 'proxy', source, hops: [hop] },
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'tcproute-censor-'));
    world.use({ close: () => rmSync(folder, { recursive: true }) });
    const state_file = join(folder, 'routes');
    const hosts = ['reset.test', 'swallowed.test'] as const;
    const routes = hosts.map((host) => known(host, SITES[host].address, all.server));
    writeFileSync(state_file, [...encodeRoutes(routes, lines, Date.now())].join(''));
    const gateway = await world.gateway({ ...all.config, cache: { state_file } });
    const visits = { 'reset.test': 0, 'swallowed.test': 0 };
    for (const host of hosts) {
      // The first one asks for the addresses of the name, and nobody waits for them.
      for (; all.met[host]?.count === 0 && visits[host] < 100; visits[host] += 1)
        await visit(gateway, host, all.server);
      assert.deepEqual([host, passedOf(all, host)], [host, visits[host]]);
    }
    // The same ClientHello as the client's has gone to both.
    await until('both trials have been asked', () => hosts.every((host) => all.met[host]?.hellos.length === 1));
    await until('the trial that was answered is over', () => direct.open === 0);
    await visit(gateway, 'reset.test', all.server);
    assert.deepEqual([passedOf(all, 'reset.test'), direct.count], [visits['reset.test'], 2]);
    // Where the censor stays, so does the site.
    await visit(gateway, 'swallowed.test', all.server);
    assert.deepEqual(
      [passedOf(all, 'swallowed.test'), all.met['swallowed.test']?.count],
      [visits['swallowed.test'] + 1, 1],
    );
    const attempts = () => gateway.records.flatMap((record) => (record['attempts'] ?? []) as readonly Told[]);
    await until('the trials are on record', () => attempts().filter(({ trial }) => trial).length === 2);
    for (const { line, remembered } of attempts().filter(({ trial }) => trial))
      assert.deepEqual([line, remembered], ['direct', false]);
  },
  30_000,
  missing,
);
