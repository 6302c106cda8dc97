// What an operator may ask and say of names, rules and the configuration while a gateway runs, and what its clients meet then.
import assert from 'node:assert/strict';
import { adminPlace, askAdmin } from '../helpers/admin.js';
import { DnsServer } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { dial } from '../helpers/socks-client.js';
import { startEcho } from '../helpers/socks-echo.js';
import { until } from '../helpers/until.js';

interface Value {
  readonly value: unknown;
  readonly source: { readonly kind: string; readonly name?: string; readonly line?: number };
  readonly configured?: unknown;
}

async function start(world: World) {
  const echo = world.use(await startEcho());
  const dns = world.use(await DnsServer.start({ 'a.test': { A: ['127.0.0.1'], ttl_s: 600 } }));
  const { gateway } = await ReloadedGateway.start(world, {
    admin: { listen: '127.0.0.1:0' },
    workers: 1,
    nameservers: `127.0.0.1:${dns.port}`,
    dns: { ipv6: 'off', probe: { enabled: 'off' } },
    rules: [
      { domain: 'blocked.test', client: '192.0.2.0/24', use: ['direct'] },
      { domain: 'blocked.test', block: true },
    ],
  });
  const place = await adminPlace(gateway);
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const reply = await askAdmin(place, `/api/v1${path}`, { method, ...sent });
    assert.equal(reply.status, 200, reply.body);
    return JSON.parse(reply.body) as Answer;
  };
  /** Whether a client gets there. */
  const reaches = async (host: string): Promise<boolean> => {
    const { peer, reply } = await dial(gateway.port, { host, port: echo.port });
    peer.close();
    return reply.rep === 0;
  };
  const becomes = async (what: string, host: string, wanted: boolean): Promise<void> => {
    for (let isSo = false; !isSo; ) isSo = (await reaches(host)) === wanted;
    assert.equal(await reaches(host), wanted, what);
  };
  return { gateway, dns, ask, reaches, becomes };
}

inBothEngines('a name is flushed, and an address is called bad until that is undone', async (world) => {
  const { gateway, dns, ask, reaches, becomes } = await start(world);
  assert.equal(await reaches('a.test'), true);
  const before = dns.queries.length;
  assert.equal(await reaches('a.test'), true);
  assert.equal(dns.queries.length, before);
  assert.deepEqual(await ask('DELETE', '/dns/names/a.test'), { name: 'a.test', forgotten: 1 });
  for (let isAsked = false; !isAsked; isAsked = dns.queries.length > before)
    assert.equal(await reaches('a.test'), true);

  await ask('POST', '/bad-addresses', { address: '127.0.0.1', name: 'a.test', lasts_s: 600 });
  await becomes('for the name', 'a.test', false);
  assert.equal(await reaches('127.0.0.1'), true);
  await ask('POST', '/bad-addresses', { address: '127.0.0.1' });
  await becomes('for all', '127.0.0.1', false);
  // The report of SIGUSR2 knows evidence without an end.
  gateway.child.kill('SIGUSR2');
  const reported = () => gateway.records.find(({ msg }) => msg === 'report: bad address');
  await until('it is reported', () => reported() !== undefined);
  const evidence = reported()?.['evidence'] as readonly { readonly expires: string }[] | undefined;
  assert.equal(evidence?.[1]?.expires, 'never');
  await ask('DELETE', '/bad-addresses/127.0.0.1');
  await becomes('undone', '127.0.0.1', true);
  await becomes('for the name, too', 'a.test', true);
});

inBothEngines('a rule is tested, and the log is turned up for all actors until a reload', async (world) => {
  const { gateway, ask, reaches } = await start(world);
  const debugging = () => gateway.records.filter(({ level }) => level === 'debug').length;
  const level = () => ask<Value>('GET', '/configuration/log_level');
  assert.deepEqual(await level(), { key: 'log_level', value: 'info', source: { kind: 'default' } });
  await reaches('a.test');
  assert.equal(debugging(), 0);
  await ask('PUT', '/configuration/log-level', { level: 'debug' });
  await reaches('a.test');
  await until('a connection has its line', () => debugging() > 0);
  assert.deepEqual(await level(), { key: 'log_level', value: 'debug', source: { kind: 'admin' }, configured: 'info' });
  const { changed } = await ask<{ readonly changed: readonly string[] }>('POST', '/configuration/reload');
  assert.deepEqual(changed, ['log_level']);
  assert.equal((await level()).value, 'info');
  assert.equal((await ask<{ readonly log_level: string }>('GET', '/status')).log_level, 'info');
  const computed = await ask<Value>('GET', '/configuration/limits.connections_max');
  assert.deepEqual([computed.source, computed.configured], [{ kind: 'computed' }, 0]);

  const test = (query: string) =>
    ask<{
      readonly rule: { readonly number: number; readonly place: string; readonly blocks: boolean } | null;
      readonly passed_over: readonly { readonly number: number }[];
      readonly refused: { readonly cause: string } | null;
      readonly lines: readonly string[];
      readonly race: { readonly lines: readonly { readonly turn: string }[] } | null;
    }>('GET', `/rules/test?${query}`);
  const blocked = await test('target=blocked.test');
  assert.deepEqual([blocked.rule?.number, blocked.rule?.blocks, blocked.refused?.cause], [1, true, 'blocked']);
  assert.match(blocked.rule?.place ?? '', /config\.json: line 1: rules\[1\]$/);
  assert.deepEqual([blocked.passed_over.map(({ number }) => number), blocked.lines], [[0], []]);
  const allowed = await test('target=blocked.test:80&client=192.0.2.7');
  assert.deepEqual([allowed.rule?.number, allowed.refused, allowed.lines, allowed.race], [0, null, ['direct'], null]);
  const raced = await test('target=a.test:80&race=true');
  assert.deepEqual([raced.rule, raced.race?.lines.map(({ turn }) => turn)], [null, ['others']]);
});
