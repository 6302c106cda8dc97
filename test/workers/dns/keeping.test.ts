// What is kept: stale answers, answers refreshed in advance, hosts files, and answers whose addresses turn bad.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { sourcesOf } from '../../../src/protocol/address/address-order.js';
import type { LookupAnswer } from '../../../src/threads/contracts/dns.js';
import type { Judge } from '../../../src/workers/dns/ask/judge.js';
import { AnswerCache } from '../../../src/workers/dns/lookup/cache.js';
import { hasIpv6Route } from '../../../src/workers/dns/machine/network.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { makeResolver, type TestParts, type TestResolver } from '../../helpers/dns-resolver.js';
import { DnsServer, deferred, type Host, type Trick } from '../../helpers/dns-server.js';

const ZONES = {
  'a.test': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'], ttl_s: 100 },
  'near.test': { A: ['192.0.2.66'], AAAA: ['2001:db8::66', '::1'], ttl_s: 100 },
};
const ALL = ['2001:db8::1', '192.0.2.1', '192.0.2.2'];

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('a stale answer serves when the new one is late, and the new one when it comes', async () => {
  const { server, resolver, clock, tricks } = await world({ stale_max_s: 1000, stale_wait_ms: 10 });
  await resolver.lookup('a.test');
  clock.ms += 150_000;
  const gate = deferred();
  tricks.now = { hold: gate.promise };
  const heard: LookupAnswer[] = [];
  resolver.hear('a.test', (answer) => heard.push(answer));
  await until(() => heard.length === 1);
  assert.deepEqual(heard[0], { code: 'found', addresses: ALL, ttl_s: 1, stale: true, more: true });
  assert.equal(resolver.counts.stale, 1);
  gate.resolve();
  await until(() => resolver.tables.in_flight.size === 0);
  assert.deepEqual(heard.slice(1), [{ code: 'found', addresses: ALL, ttl_s: 100 }]);
  assert.equal(resolver.tables.waiting.size, 0);
  assert.deepEqual(await resolver.lookup('a.test'), { code: 'found', addresses: ALL, ttl_s: 100 });
  assert.equal(server.count(), 4);
});

test('a stale answer serves when nobody can renew it, which is not tried all the time, until it is too old', async () => {
  const { server, resolver, clock, tricks } = await world({ stale_max_s: 1000 });
  await resolver.lookup('a.test');
  clock.ms += 150_000;
  tricks.now = 'servfail';
  const stale = { code: 'found', addresses: ALL, ttl_s: 30, stale: true };
  assert.deepEqual(await resolver.lookup('a.test'), stale);
  assert.deepEqual(await resolver.lookup('a.test'), stale);
  assert.equal(server.count(), 4);
  clock.ms += 31_000;
  assert.deepEqual(await resolver.lookup('a.test'), stale);
  assert.equal(server.count(), 6);
  clock.ms += 1_000_000;
  assert.equal((await resolver.lookup('a.test')).code, 'failed');
});

test('a name whose addresses fail is asked for anew, and the more seldom the longer nothing changes', async () => {
  const { server, resolver, clock } = await world();
  await resolver.lookup('a.test');
  const asked = async (after_ms: number): Promise<boolean> => {
    const before = server.count();
    clock.ms += after_ms;
    assert.deepEqual((await resolver.renew('a.test')).code, 'found');
    return server.count() > before;
  };
  assert.deepEqual([await asked(99), await asked(1)], [false, true]);
  assert.deepEqual([await asked(999), await asked(1)], [false, true]);
  assert.deepEqual([await asked(1999), await asked(1)], [false, true]);
  assert.deepEqual([await asked(3999), await asked(1)], [false, true]);
  for (let times = 0; times < 5; times += 1) await asked(30_000);
  assert.deepEqual([await asked(29_999), await asked(1)], [false, true]);
  assert.deepEqual([await asked(60_000), await asked(1000)], [true, true], 'after a while without any it begins again');
  assert.deepEqual(resolver.outdated, []);
});

test('whoever asks anew while that is done already hears the same', async () => {
  const { server, zones, resolver, clock, tricks } = await world();
  await resolver.lookup('a.test');
  zones['a.test'] = { A: ['192.0.2.3'], ttl_s: 100 };
  clock.ms += 1000;
  const gate = deferred();
  tricks.now = { hold: gate.promise };
  const before = server.count();
  const both = Promise.all([resolver.renew('a.test'), resolver.renew('a.test')]);
  await until(() => server.count() === before + 2);
  gate.resolve();
  for (const answer of await both) assert.deepEqual(answer, { code: 'found', addresses: ['192.0.2.3'], ttl_s: 100 });
  assert.equal(server.count(), before + 2);
});

test('a name that has other addresses than what failed is told to all who know it', async () => {
  const { zones, resolver, clock } = await world();
  await resolver.lookup('a.test');
  zones['a.test'] = { A: ['192.0.2.3'], ttl_s: 100 };
  clock.ms += 1000;
  assert.deepEqual(await resolver.renew('a.test'), { code: 'found', addresses: ['192.0.2.3'], ttl_s: 100 });
  assert.deepEqual(resolver.outdated, ['a.test']);
  assert.equal((await resolver.lookup('a.test')).code, 'found');
  assert.equal(resolver.counts.renewals, 1);
});

test('where nobody answers, what was known is the answer, and the servers are asked again as seldom', async () => {
  const { server, zones, resolver, clock, tricks } = await world();
  await resolver.lookup('a.test');
  tricks.now = 'servfail';
  clock.ms += 1000;
  assert.deepEqual(await resolver.renew('a.test'), { code: 'found', addresses: ALL, ttl_s: 99 });
  const before = server.count();
  clock.ms += 999;
  assert.deepEqual([(await resolver.renew('a.test')).code, server.count()], ['found', before]);
  // They are back: nobody waits for what is the rule of stale answers, half a minute.
  tricks.now = undefined;
  zones['a.test'] = { A: ['192.0.2.3'], ttl_s: 100 };
  clock.ms += 1;
  assert.deepEqual(await resolver.renew('a.test'), { code: 'found', addresses: ['192.0.2.3'], ttl_s: 100 });
});

test('a name that did not exist is asked for anew, too, before its negative answer is over', async () => {
  const { zones, resolver, clock } = await world({ negative_ttl_s: 600 });
  assert.equal((await resolver.lookup('new.test')).code, 'no-such-name');
  zones['new.test'] = { A: ['192.0.2.3'], ttl_s: 100 };
  clock.ms += 5000;
  assert.equal((await resolver.lookup('new.test')).code, 'no-such-name');
  assert.equal((await resolver.renew('new.test')).code, 'found');
});

test('what is unknown, an address, or in a hosts file is looked up as usual', async () => {
  const { resolver } = await world();
  assert.equal((await resolver.renew('a.test')).code, 'found');
  assert.equal((await resolver.renew('192.0.2.1')).code, 'found');
  assert.equal(resolver.counts.renewals, 0);
});

test('a name that is gone is not served stale', async () => {
  const { resolver, clock, tricks } = await world({ stale_max_s: 1000 });
  await resolver.lookup('a.test');
  clock.ms += 150_000;
  tricks.now = 'nxdomain';
  assert.equal((await resolver.lookup('a.test')).code, 'no-such-name');
});

test('an answer that is not to be kept is the end of what was kept before', () => {
  const cache = new AnswerCache({ entries_max: 10, stale_max_s: 1000, prefetch_percent: 0 }, () => 0);
  const found = { kind: 'found', addresses: ['192.0.2.1'] } as never;
  cache.put('a.test', found, 60);
  assert.ok(cache.has('a.test'));
  cache.put('a.test', { kind: 'nxdomain' } as never, 0);
  assert.equal(cache.has('a.test'), false);
});

test('when the servers are others, nothing is fresh any more, but all may serve stale', () => {
  const cache = new AnswerCache({ entries_max: 10, stale_max_s: 1000, prefetch_percent: 0 }, () => 0);
  cache.put('a.test', { kind: 'found' } as never, 60);
  cache.put('none.test', { kind: 'none' } as never, 60);
  assert.equal(cache.get('a.test')?.freshness, 'fresh');
  cache.expire();
  assert.deepEqual([cache.get('a.test')?.freshness, cache.get('a.test')?.left_ms], ['stale', 0]);
  assert.equal(cache.has('none.test'), false);
});

test('an answer that is asked for near its end is refreshed in advance, once', async () => {
  const { server, resolver, clock } = await world({ prefetch_percent: 10 });
  await resolver.lookup('a.test');
  clock.ms += 80_000;
  await resolver.lookup('a.test');
  assert.equal(resolver.counts.prefetches, 0);
  clock.ms += 15_000;
  assert.deepEqual(await resolver.lookup('a.test'), { code: 'found', addresses: ALL, ttl_s: 5 });
  await resolver.lookup('a.test');
  assert.deepEqual([resolver.counts.prefetches, resolver.counts.misses], [1, 1]);
  await until(() => resolver.tables.in_flight.size === 0);
  assert.deepEqual(await resolver.lookup('a.test'), { code: 'found', addresses: ALL, ttl_s: 100 });
  assert.equal(server.count(), 4);
});

test('a kept answer loses an address the moment that it turns bad, and is asked anew when none is left', async () => {
  const bad = new Set<string>();
  const judge: Judge = {
    judge: (_server, _name, addresses) => ({
      clean: addresses.filter((address) => !bad.has(address)),
      dropped: addresses.filter((address) => bad.has(address)).map((address) => ({ address, why: 'static' })),
      suspect: false,
    }),
  };
  const { server, resolver } = await world({}, { judge });
  const addresses = async () => {
    const answer = await resolver.lookup('a.test');
    return answer.code === 'found' ? answer.addresses : answer.code;
  };
  assert.deepEqual(await addresses(), ALL);
  bad.add('192.0.2.1');
  assert.deepEqual(await addresses(), ['2001:db8::1', '192.0.2.2']);
  assert.equal(server.count(), 2);
  for (const address of ALL) bad.add(address);
  assert.equal(await addresses(), 'failed');
  assert.ok(server.count() > 2);
});

test('addresses that are to be tried last come last, in both families', async () => {
  const judge: Judge = {
    judge: (_server, _name, addresses) => {
      const last = addresses.filter((address) => address !== '192.0.2.2');
      return { clean: addresses, last, dropped: [], suspect: false };
    },
  };
  const { resolver } = await world({}, { judge });
  const answer = await resolver.lookup('a.test');
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['192.0.2.2', '2001:db8::1', '192.0.2.1']);
});

test('the hosts table comes first, then the hosts file, which is read again when it changes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-hosts-'));
  ends.push(() => rmSync(directory, { recursive: true }));
  const hostsFile = join(directory, 'hosts');
  writeFileSync(
    hostsFile,
    '# own\n127.0.0.9 Own.Test own # end\n::9 own.test\nnonsense own.test\n127.0.0.8 table.test\n',
  );
  const { server, resolver, clock } = await world({}, { hostsFile }, { 'table.test': ['192.0.2.7'] });
  const found = (...addresses: string[]) => ({ code: 'found', addresses, ttl_s: 5 });
  assert.deepEqual(await resolver.lookup('table.test'), found('192.0.2.7'));
  assert.deepEqual(await resolver.lookup('own'), found('127.0.0.9'));
  const own = await resolver.lookup('OWN.test.');
  assert.deepEqual(own.code === 'found' && [...own.addresses].sort(), ['127.0.0.9', '::9']);
  writeFileSync(`${hostsFile}.new`, '127.0.0.10 own.test\n');
  renameSync(`${hostsFile}.new`, hostsFile);
  clock.ms += 999;
  assert.notDeepEqual(await resolver.lookup('own.test'), found('127.0.0.10'));
  clock.ms += 1;
  assert.deepEqual(await resolver.lookup('own.test'), found('127.0.0.10'));
  rmSync(hostsFile);
  clock.ms += 1000;
  assert.equal((await resolver.lookup('own.test')).code, 'no-such-name');
  // Either family, and once more plainly.
  assert.equal(server.count(), 4);
});

test('without a route for IPv6, AAAA is not asked, and of v6 addresses those of hosts files and of the machine are given', async () => {
  const hosts = { 'h.test': ['2001:db8::5', '192.0.2.5'], 'six.test': ['::1'] };
  for (const [ipv6, hasIpv6, asked, given] of [
    ['off', true, false, [['192.0.2.5'], undefined, ['192.0.2.66']]],
    // What nobody can reach comes last.
    ['auto', false, false, [['192.0.2.5', '2001:db8::5'], ['::1'], ['192.0.2.66']]],
    ['auto', true, true, [['192.0.2.5', '2001:db8::5'], ['::1'], ['::1', '192.0.2.66', '2001:db8::66']]],
    ['on', false, true, [['192.0.2.5', '2001:db8::5'], ['::1'], ['::1', '192.0.2.66', '2001:db8::66']]],
  ] as const) {
    const network = { sources: sourcesOf(['::1', '192.0.2.99']), hasIpv6 };
    const { server, resolver } = await world({ ipv6 }, { network }, hosts);
    const addresses = async (name: string) => {
      const answer = await resolver.lookup(name);
      return answer.code === 'found' ? answer.addresses : undefined;
    };
    assert.deepEqual([await addresses('h.test'), await addresses('six.test'), await addresses('near.test')], given);
    assert.equal(server.count('AAAA'), asked ? 1 : 0);
  }
});

test('what was asked while there was a route: the own addresses stay of use without', async () => {
  const sources = sourcesOf(['::1', '192.0.2.99']);
  const network = { sources, hasIpv6: true };
  const { server, resolver } = await world({ ipv6: 'auto' }, { network });
  await resolver.lookup('near.test');
  network.hasIpv6 = false;
  const answer = await resolver.lookup('near.test');
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['::1', '192.0.2.66']);
  assert.equal(server.count(), 2);
});

test('a route for IPv6 is one beyond the machine and the link', () => {
  const row = (destination: string, bits: string, flags: string, device: string) =>
    `${destination.padEnd(32, '0')} ${bits} ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000400 00000001 00000000 ${flags} ${device}`;
  assert.equal(hasIpv6Route(''), false);
  assert.equal(hasIpv6Route(row('', '00', '00200200', 'lo')), false);
  assert.equal(hasIpv6Route(row('', '00', '00000200', 'eth0')), false);
  assert.equal(hasIpv6Route(row('fe80', '40', '00000001', 'eth0')), false);
  assert.equal(hasIpv6Route(row('ff00', '08', '00000001', 'eth0')), false);
  assert.equal(hasIpv6Route(`${row('fe80', '40', '00000001', 'eth0')}\n${row('', '00', '00000003', 'eth0')}\n`), true);
  assert.equal(hasIpv6Route(row('20010db8', '40', '00000001', 'eth0')), true);
});

interface World {
  readonly zones: Record<string, Host>;
  readonly server: DnsServer;
  readonly resolver: TestResolver;
  readonly clock: { ms: number };
  readonly tricks: { now: Trick | undefined };
}

async function world(
  dns: Parameters<typeof dnsOptions>[2] = {},
  parts: TestParts = {},
  hosts: Record<string, string[]> = {},
): Promise<World> {
  const tricks: World['tricks'] = { now: undefined };
  const zones: Record<string, Host> = { ...ZONES };
  const server = await DnsServer.start(zones, { trick: () => tricks.now });
  const clock = { ms: 1_000_000 };
  const options = { ...dnsOptions([server.at], [], { try_timeout_ms: 5000, timeout_ms: 5000, ...dns }), hosts };
  const resolver = makeResolver(options, { now: () => clock.ms, ...parts });
  ends.push(
    () => server.close(),
    () => resolver.stop(),
  );
  return { server, zones, resolver, clock, tricks };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
