// Two gateways of a site over a real Redis: what one has learned, the other begins with. Reloads change what they share, and with whom.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { DnsServer, deferred, type Host } from '../helpers/dns-server.js';
import type { Gateway, LogRecord } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { type Redis, startRedis, whyNoRedis } from '../helpers/redis.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { eventually } from '../helpers/until.js';

const HOSTS = ['one', 'two', 'three', 'four'] as const;
const LINES = [
  { type: 'direct', name: 'fibre' },
  { type: 'direct', name: 'cable', source_ip: '127.0.0.9' },
];

interface Site {
  readonly redis: Redis;
  readonly server: TestServer;
  readonly dns: DnsServer;
  readonly secrets: string;
}

async function site(world: World): Promise<Site> {
  const redis = await startRedis();
  world.use({ close: () => redis.stop() });
  const secrets = mkdtempSync(join(tmpdir(), 'tcproute-share-'));
  world.use({ close: () => rmSync(secrets, { recursive: true }) });
  writeFileSync(join(secrets, 'site'), 'the secret of a site with 32 or more characters', { mode: 0o600 });
  const server = world.use(await TestServer.listen((socket) => socket.end('site'), '0.0.0.0'));
  // Sites and networks of their own, since neighbours would tell more.
  const zones: Record<string, Host> = {};
  for (const [place, host] of HOSTS.entries()) zones[`${host}.test`] = { A: [`127.${place + 1}.0.1`] };
  return { redis, server, secrets, dns: world.use(await DnsServer.start(zones)) };
}

/** Lines have other numbers on a gateway that names them in another order. */
const configOf = ({ redis, dns, secrets }: Site, gateway: string, upstream: readonly object[], share: object = {}) => ({
  ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1, log_level: 'debug', upstream },
  admin: { listen: '127.0.0.1:0' },
  share: { url: redis.url, secret_file: join(secrets, 'site'), gateway, ...share },
});

/** Connects once; returns what the gateway noted of it. */
async function visit(gateway: Gateway, { server }: Site, host: string): Promise<LogRecord> {
  const target = { host: `${host}.test`, port: server.port };
  const { peer } = await dial(gateway.port, target);
  assert.equal((await peer.read(4)).toString(), 'site');
  peer.close();
  return gateway.connection(target);
}

async function metric(gateway: Gateway, line: string): Promise<number> {
  const { body } = await askAdmin(await adminPlace(gateway), '/metrics');
  const found = body.split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? Number.NaN);
}

const reaches = (gateway: Gateway, line: string, value: number): Promise<void> =>
  eventually(`${line} is ${value}`, async () => (await metric(gateway, line)) === value);

const FOUND = 'tcproute_share_pulls_total{result="found"}';
const MISSED = 'tcproute_share_pulls_total{result="missed"}';
const UP = 'tcproute_share_up';

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
const routesIn = async (redis: Redis): Promise<number> => linesOf(await redis.ask('KEYS', 'tr1:{main}:r:*')).length;
/** Over TCP; `ask` uses the Unix socket. */
const connected = async (redis: Redis): Promise<number> =>
  linesOf(await redis.ask('CLIENT', 'LIST')).filter((line) => / addr=127\.0\.0\.1:/.test(line)).length;

/** The gateways of the site that are there, as one of them tells people. */
async function present(gateway: Gateway): Promise<readonly string[]> {
  const { body } = await askAdmin(await adminPlace(gateway), '/api/v1/fleet');
  const { gateways } = JSON.parse(body) as { gateways: readonly { name: string; present: unknown }[] };
  return gateways.filter((one) => one.present !== null).map(({ name }) => name);
}

/** The first contact of a gateway, whose name is looked up until the site has been asked. */
async function firstContact(gateway: Gateway, all: Site, host: string, line: string): Promise<LogRecord> {
  const before = await metric(gateway, line);
  const { promise, resolve } = deferred();
  all.dns.trick = ({ name }) => (name.toLowerCase() === `${host}.test` ? { hold: promise } : undefined);
  const visited = visit(gateway, all, host);
  await reaches(gateway, line, before + 1);
  resolve();
  return visited;
}

const attempts = ({ attempts: all }: LogRecord): readonly { readonly line: string }[] => all as never;

inBothEngines(
  'a first contact begins with the line that another gateway has found, until a reload leaves the site',
  async (world) => {
    const all = await site(world);
    const alpha = await world.gateway(configOf(all, 'alpha', LINES));
    const beta = await ReloadedGateway.start(world, configOf(all, 'beta', LINES.toReversed()), {});
    for (const gateway of [alpha, beta.gateway]) await reaches(gateway, UP, 1);

    const learned = await visit(alpha, all, 'one');
    assert.equal(attempts(learned).length, 2, 'alpha knows nothing of it');
    await eventually('alpha has written it', async () => (await routesIn(all.redis)) === 1);
    const met = await firstContact(beta.gateway, all, 'one', FOUND);
    assert.deepEqual(
      attempts(met).map(({ line }) => line),
      [learned['line']],
    );
    assert.equal(met['why'], 'told');
    assert.deepEqual(await present(alpha), ['alpha', 'beta']);

    // Another site over the same engine knows nothing of the first one.
    await visit(alpha, all, 'two');
    await eventually('alpha has written that, too', async () => (await routesIn(all.redis)) === 2);
    const config = configOf(all, 'beta', LINES.toReversed());
    await beta.reload({ ...config, share: { ...config.share, site: 'other' } });
    await reaches(beta.gateway, UP, 1);
    assert.equal(attempts(await firstContact(beta.gateway, all, 'two', MISSED)).length, 2);

    // Without a site it leaves the engine, and what it has said of itself goes with it.
    const { share: _, ...alone } = config;
    await beta.reload(alone);
    await eventually('beta has left', async () => !/gw:beta/.test(await all.redis.ask('KEYS', 'tr1:{other}:gw:*')));
    await eventually('one gateway is connected', async () => (await connected(all.redis)) === 1);
    assert.equal(attempts(await visit(beta.gateway, all, 'three')).length, 2);
    await beta.reload(config);
    await reaches(beta.gateway, UP, 1);
    assert.equal(attempts(await firstContact(beta.gateway, all, 'four', MISSED)).length, 2);
  },
  60_000,
  whyNoRedis(),
);

inBothEngines(
  'while the engine hangs, is gone and is empty, connections are served, and what is learned is shared when it is back',
  async (world) => {
    const all = await site(world);
    const alpha = await world.gateway(configOf(all, 'alpha', LINES));
    await reaches(alpha, UP, 1);
    all.redis.pause();
    await visit(alpha, all, 'one');
    all.redis.resume();
    await eventually('it is written once the engine goes on', async () => (await routesIn(all.redis)) === 1);
    await all.redis.kill();
    await reaches(alpha, UP, 0);
    await visit(alpha, all, 'two');
    // Nothing is left of what it had.
    await all.redis.start();
    await reaches(alpha, UP, 1);
    await eventually('what was learned meanwhile is written', async () => (await routesIn(all.redis)) === 1);
    await visit(alpha, all, 'three');
    await eventually('and so is what is learned now', async () => (await routesIn(all.redis)) === 2);
    assert.deepEqual(await present(alpha), ['alpha']);
  },
  60_000,
  whyNoRedis(),
);
