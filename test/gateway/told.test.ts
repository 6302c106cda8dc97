// What another gateway of the site knows of a destination, over a real Redis: explain says by whose hint the lines would be ordered, and
// the first connection is, with that on its record.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { DnsServer, deferred } from '../helpers/dns-server.js';
import { explained } from '../helpers/explain-command.js';
import type { Gateway } from '../helpers/gateway.js';
import { World } from '../helpers/gateway-world.js';
import { startRedis, whyNoRedis } from '../helpers/redis.js';
import { TestServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { eventually } from '../helpers/until.js';

const LINES = [
  { type: 'direct', name: 'fibre' },
  { type: 'direct', name: 'cable', source_ip: '127.0.0.9' },
];

test('explain and the record of a first contact say by whose hint it is ordered', {
  skip: whyNoRedis() ?? false,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-told-'));
  const world = new World('epoll');
  context.after(async () => {
    await world.end();
    rmSync(folder, { recursive: true });
  });
  const redis = await startRedis();
  world.use({ close: () => redis.stop() });
  const server = world.use(await TestServer.listen((socket) => socket.end('site'), '0.0.0.0'));
  const dns = world.use(await DnsServer.start({ 'one.test': { A: ['127.1.0.1'] } }));
  const secret_file = join(folder, 'site');
  writeFileSync(secret_file, 'the secret of a site with 32 or more characters', { mode: 0o600 });
  const config = (gateway: string) => ({
    ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { ipv6: 'off' }, workers: 1, log_level: 'debug', upstream: LINES },
    ...{ admin: { listen: '127.0.0.1:0' }, share: { url: redis.url, secret_file, gateway, news: false } },
  });
  const target = { host: 'one.test', port: server.port };
  const visit = async (gateway: Gateway) => {
    const { peer } = await dial(gateway.port, target);
    assert.equal((await peer.read(4)).toString(), 'site');
    peer.close();
    return gateway.connection(target);
  };
  const [alpha, beta] = [await world.gateway(config('alpha')), await world.gateway(config('beta'))];
  const place = await adminPlace(beta);
  const asked = async (path: string): Promise<unknown> => JSON.parse((await askAdmin(place, path)).body);
  const seen = async () => (await asked('/api/v1/fleet')) as { engine: { state: string }; hints: { told: number } };
  await eventually('beta has its engine', async () => (await seen()).engine.state === 'up');
  const line = (await visit(alpha))['line'];
  await eventually('alpha has told', async () => (await redis.ask('KEYS', 'tr1:{main}:r:*')).includes('tr1:'));

  // Its name is looked up until the hint has come.
  const { promise, resolve } = deferred();
  dns.trick = () => ({ hold: promise });
  const looked = asked(`/api/v1/rules/test?target=one.test:${server.port}&race=true`);
  await eventually('the hint has come', async () => (await seen()).hints.told === 1);
  resolve();
  await looked;
  dns.trick = () => undefined;
  const admin = ['--admin', new URL(place).host];
  const { outlook, race } = await explained(world, config('beta'), `one.test:${server.port}`, '--no-tls', ...admin);
  const words = outlook?.lines.flatMap((one) => one.why.map((reason) => ({ of: one.line, reason })));
  const word = words?.find(({ reason }) => reason.kind === 'told-by-gateway');
  assert.deepEqual([word?.of, word?.reason.kind === 'told-by-gateway' && word.reason.gateway], [line, 'alpha']);
  assert.equal(race.told, undefined, 'the gateway of explain itself is none of the site');

  const { attempts, why, told: by } = await visit(beta);
  assert.deepEqual([(attempts as readonly unknown[]).length, why], [1, 'told']);
  const { line: begun, gateway, age_ms } = by as { line: string; gateway: string; age_ms: number };
  assert.deepEqual([begun, gateway], [line, 'alpha']);
  assert.ok(age_ms >= 0 && age_ms < 60_000);
  const listed = (await asked('/api/v1/connections?state=ended')) as { connections: readonly { id: string }[] };
  const detail = (await asked(`/api/v1/connections/${listed.connections[0].id}`)) as { race: object };
  assert.deepEqual((detail.race as { told: unknown }).told, by);
});
