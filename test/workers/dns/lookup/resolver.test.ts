import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { afterEach, test } from 'node:test';
import type { Nameserver } from '../../../../src/protocol/options.js';
import type { LookupAnswer } from '../../../../src/threads/contracts/dns.js';
import { type Getaddrinfo, SystemNames } from '../../../../src/workers/dns/servers/getaddrinfo.js';
import { dnsOptions, SYSTEM } from '../../../helpers/dns-options.js';
import { makeResolver, type TestResolver } from '../../../helpers/dns-resolver.js';
import { DnsServer, type DnsServerOptions, deferred, nameserver } from '../../../helpers/dns-server.js';

const ZONES = {
  'a.test': { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'], ttl_s: 60 },
  'four.test': { A: ['192.0.2.4'], ttl_s: 60 },
  'six.test': { AAAA: ['2001:db8::6'], ttl_s: 60 },
  'mapped.test': { A: ['192.0.2.1'], AAAA: ['::ffff:192.0.2.1'] },
  'empty.test': {},
  'alias.test': { CNAME: 'link.test', ttl_s: 20 },
  'link.test': { CNAME: 'a.test', ttl_s: 40 },
};
const A_TEST = { code: 'found', addresses: ['2001:db8::1', '192.0.2.1', '192.0.2.2'], ttl_s: 60 };

const servers: DnsServer[] = [];
const resolvers: TestResolver[] = [];

afterEach(async () => {
  for (const resolver of resolvers.splice(0)) resolver.stop();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  const left = (): string[] => process.getActiveResourcesInfo().filter((kind) => /UDP|TCP|Timeout|GetAddr/.test(kind));
  for (let turn = 0; turn < 100 && left().length > 0; turn += 1) await settled();
  assert.deepEqual(left(), []);
});

test('both families are asked once, and the answer has both by turns', async () => {
  const server = await startServer();
  const resolver = startResolver([server.at]);
  assert.deepEqual(await resolver.lookup('A.Test.'), A_TEST);
  assert.deepEqual(server.queries.map((query) => query.type).sort(), ['A', 'AAAA']);
  assert.ok(server.queries.every((query) => query.edns_octets === 1232 && query.transport === 'udp'));
  assert.deepEqual(await resolver.lookup('four.test'), { code: 'found', addresses: ['192.0.2.4'], ttl_s: 60 });
  assert.deepEqual(await resolver.lookup('six.test'), { code: 'found', addresses: ['2001:db8::6'], ttl_s: 60 });
});

test('a CNAME chain counts with its least TTL', async () => {
  const resolver = startResolver([(await startServer()).at]);
  assert.deepEqual(await resolver.lookup('alias.test'), { ...A_TEST, ttl_s: 20 });
});

test('literals, localhost and what cannot be a name are never asked', async () => {
  const server = await startServer();
  const resolver = startResolver([server.at, SYSTEM], [], {}, never);
  const found = (addresses: string[]): LookupAnswer => ({ code: 'found', addresses, ttl_s: 3600 });
  assert.deepEqual(await resolver.lookup('192.0.2.9'), found(['192.0.2.9']));
  assert.deepEqual(await resolver.lookup('2001:DB8:0:0:0:0:0:9'), found(['2001:db8::9']));
  assert.deepEqual(await resolver.lookup('::ffff:c000:0209'), found(['192.0.2.9']));
  assert.deepEqual(await startResolver([server.at]).lookup('sub.localhost'), {
    ...found(['::1', '127.0.0.1']),
    ttl_s: 5,
  });
  assert.deepEqual(await resolver.lookup('no name'), { code: 'no-such-name', exists: false, ttl_s: 30 });
  assert.deepEqual(await resolver.lookup('fe80::1%lo'), { code: 'no-such-name', exists: false, ttl_s: 30 });
  assert.deepEqual(await resolver.lookup('1.2.3'), { code: 'no-such-name', exists: false, ttl_s: 30 });
  assert.equal(server.count(), 0);
});

test('an IPv4 address inside an AAAA answer is an IPv4 address, once', async () => {
  const resolver = startResolver([(await startServer()).at]);
  assert.deepEqual(await resolver.lookup('mapped.test'), { code: 'found', addresses: ['192.0.2.1'], ttl_s: 60 });
});

test('callers of one name share one resolution', async () => {
  const gate = deferred();
  const server = await startServer({ trick: () => ({ hold: gate.promise }) });
  const resolver = startResolver([server.at], [], { try_timeout_ms: 1000 });
  const lookups = Array.from({ length: 50 }, (_, i) => resolver.lookup(i % 2 === 0 ? 'a.test' : 'A.Test'));
  await until(() => server.count() === 2);
  gate.resolve();
  for (const answer of await Promise.all(lookups)) assert.deepEqual(answer, A_TEST);
  assert.equal(server.count(), 2);
});

test('an answer is kept for its TTL, which counts down, and is asked anew after it', async () => {
  const server = await startServer();
  const clock = { ms: 1000 };
  const resolver = startResolver([server.at], [], {}, never, () => clock.ms);
  await resolver.lookup('a.test');
  clock.ms += 45_500;
  assert.deepEqual(await resolver.lookup('a.test'), { ...A_TEST, ttl_s: 14 });
  assert.equal(server.count(), 2);
  clock.ms += 14_500;
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  assert.equal(server.count(), 4);
});

test('TTLs are held inside their bounds', async () => {
  const server = await startServer();
  const low = startResolver([server.at], [], { ttl_min_s: 90 });
  assert.deepEqual(await low.lookup('a.test'), { ...A_TEST, ttl_s: 90 });
  const high = startResolver([server.at], [], { ttl_max_s: 7 });
  assert.deepEqual(await high.lookup('a.test'), { ...A_TEST, ttl_s: 7 });
});

test('the cache keeps no more than its bound', async () => {
  const server = await startServer();
  const resolver = startResolver([server.at], [], { entries_max: 2 });
  for (const name of ['a.test', 'four.test', 'six.test']) await resolver.lookup(name);
  await resolver.lookup('six.test');
  await resolver.lookup('four.test');
  assert.equal(server.count(), 6);
  await resolver.lookup('a.test');
  assert.equal(server.count(), 8);
});

test('no such name and no address are final, and kept as long as the SOA says', async () => {
  const server = await startServer({ negative_ttl_s: 12 });
  const backup = await startServer();
  const clock = { ms: 0 };
  const resolver = startResolver([server.at], [backup.at], {}, never, () => clock.ms);
  // Of a server that has answered before, "no such name" is not asked about again.
  await resolver.lookup('a.test');
  assert.deepEqual(await resolver.lookup('none.test'), { code: 'no-such-name', exists: false, ttl_s: 12 });
  assert.deepEqual(await resolver.lookup('empty.test'), { code: 'no-such-name', exists: true, ttl_s: 12 });
  clock.ms += 5000;
  assert.deepEqual(await resolver.lookup('none.test'), { code: 'no-such-name', exists: false, ttl_s: 7 });
  assert.equal(server.count(), 6);
  clock.ms += 7000;
  await resolver.lookup('none.test');
  assert.equal(server.count(), 8);
  assert.equal(backup.count(), 0);
});

test('a negative answer without SOA is kept for negative_ttl_s', async () => {
  const resolver = startResolver([(await startServer()).at]);
  assert.deepEqual(await resolver.lookup('none.test'), { code: 'no-such-name', exists: false, ttl_s: 30 });
});

for (const trick of ['drop', 'servfail', 'refused', 'garbage'] as const) {
  test(`the backups are asked when the first servers fail: ${trick}`, async () => {
    const server = await startServer({ trick: () => trick });
    const backup = await startServer();
    assert.deepEqual(await startResolver([server.at], [backup.at]).lookup('a.test'), A_TEST);
    // An error may be for how it was asked: once more, plainly.
    assert.equal(server.count(), trick === 'servfail' || trick === 'refused' ? 4 : 2);
    assert.equal(backup.count(), 2);
  });
}

test('a port where nobody listens fails at once', async () => {
  const closed = await closedPort();
  const backup = await startServer();
  const resolver = startResolver([closed], [backup.at], { try_timeout_ms: 60_000, timeout_ms: 60_000 });
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
});

test('the system may be the backup, and servers the backup of the system', async () => {
  const failing = await startServer({ trick: () => 'servfail' });
  const system = (): ReturnType<Getaddrinfo> => Promise.resolve([{ address: '192.0.2.7' }, { address: '2001:DB8::7' }]);
  const found = { code: 'found', addresses: ['2001:db8::7', '192.0.2.7'], ttl_s: 60 };
  assert.deepEqual(await startResolver([failing.at], [SYSTEM], {}, system).lookup('a.test'), found);
  const server = await startServer();
  const temporary = (): ReturnType<Getaddrinfo> => Promise.reject(Object.assign(new Error(), { code: 'EAI_AGAIN' }));
  assert.deepEqual(await startResolver([SYSTEM], [server.at], {}, temporary).lookup('a.test'), A_TEST);
  const unknown = (): ReturnType<Getaddrinfo> => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' }));
  const none = await startResolver([SYSTEM], [server.at], {}, unknown).lookup('none.test');
  assert.deepEqual(none, { code: 'no-such-name', exists: false, ttl_s: 30 });
  assert.equal(server.count(), 2);
});

test('when all fail, the reason names every server and what it did', async () => {
  const server = await startServer({ trick: () => 'servfail' });
  const backup = await startServer({ trick: () => 'drop' });
  const answer = await startResolver([server.at], [backup.at]).lookup('a.test');
  assert.ok(answer.code === 'failed');
  assert.match(answer.reason, new RegExp(`udp://127.0.0.1:${server.port}: rcode 2`));
  assert.match(answer.reason, new RegExp(`udp://127.0.0.1:${backup.port}: timed out`));
  const again = await startResolver([server.at]).lookup('a.test');
  assert.equal(again.code, 'failed');
});

test('a lookup ends at its deadline, whatever is still to be tried', async () => {
  const silent = await startServer({ trick: () => 'drop' });
  const resolver = startResolver([silent.at], [silent.at], { timeout_ms: 100, try_timeout_ms: 60_000 });
  const begun = performance.now();
  assert.equal((await resolver.lookup('a.test')).code, 'failed');
  assert.ok(performance.now() - begun < 1000);
  assert.equal(silent.count(), 2);
});

test('a failure is not kept', async () => {
  const server = await startServer({ trick: () => 'servfail' });
  const resolver = startResolver([server.at]);
  assert.equal((await resolver.lookup('a.test')).code, 'failed');
  server.trick = () => undefined;
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
});

test('a truncated answer is asked for again over TCP', async () => {
  const server = await startServer({ trick: (query) => (query.transport === 'udp' ? 'truncate' : undefined) });
  assert.deepEqual(await startResolver([server.at]).lookup('a.test'), A_TEST);
  assert.deepEqual([server.count(undefined, 'udp'), server.count(undefined, 'tcp')], [2, 2]);
});

for (const trick of ['close', 'servfail', 'truncate-whole', 'drop'] as const) {
  test(`what is whole in a truncated answer serves when TCP brings nothing better: ${trick}`, async () => {
    const server = await startServer({ trick: ({ transport }) => (transport === 'udp' ? 'truncate-whole' : trick) });
    // For a short time only, since more addresses may exist.
    assert.deepEqual(await startResolver([server.at]).lookup('a.test'), { ...A_TEST, ttl_s: 30, partial: true });
    assert.ok(server.count(undefined, 'tcp') > 0);
  });
}

test('what is whole in a truncated answer does not serve before the backups are asked', async () => {
  const server = await startServer({ trick: ({ transport }) => (transport === 'udp' ? 'truncate-whole' : 'close') });
  const backup = await startServer();
  assert.deepEqual(await startResolver([server.at], [backup.at]).lookup('a.test'), A_TEST);
  assert.ok(backup.count(undefined, 'udp') > 0);
});

test('a server that is silent over UDP is asked over TCP after the backups', async () => {
  const server = await startServer({ trick: (query) => (query.transport === 'udp' ? 'drop' : undefined) });
  const backup = await startServer({ trick: () => 'servfail' });
  assert.deepEqual(await startResolver([server.at], [backup.at]).lookup('a.test'), A_TEST);
  assert.deepEqual([server.count(undefined, 'tcp'), backup.count(undefined, 'tcp')], [2, 0]);
});

for (const trick of ['garbage', 'close', 'lies-first', 'truncate'] as const) {
  test(`a TCP server is not believed and not waited for: ${trick}`, async () => {
    const server = await startServer({ trick: (query) => (query.transport === 'udp' ? 'truncate' : trick) });
    const resolver = startResolver([server.at], [], { timeout_ms: 60_000, try_timeout_ms: 60_000 });
    assert.equal((await resolver.lookup('a.test')).code, 'failed');
  });
}

test('answers with a wrong id, question or form are passed over', async () => {
  const server = await startServer({ trick: () => 'lies-first' });
  assert.deepEqual(await startResolver([server.at]).lookup('a.test'), A_TEST);
});

test('all servers of a list are asked at once and the first answer wins', async () => {
  const gate = deferred();
  const slow = await startServer({ trick: () => ({ hold: gate.promise }) });
  const failing = await startServer({ trick: () => 'servfail' });
  const fast = await startServer();
  const resolver = startResolver([slow.at, failing.at, fast.at], [], { timeout_ms: 60_000, try_timeout_ms: 60_000 });
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  await until(() => slow.count() === 2);
  assert.deepEqual([failing.count(), fast.count()], [2, 2]);
  gate.resolve();
});

for (const late of ['A', 'AAAA'] as const) {
  test(`a late ${late} answer is not waited for, but is told and kept when it comes`, async () => {
    const gate = deferred();
    const server = await startServer({
      trick: (query) => (query.type === late ? { hold: gate.promise } : undefined),
    });
    const resolver = startResolver([server.at], [], { try_timeout_ms: 10_000, timeout_ms: 10_000 });
    const addresses = A_TEST.addresses.filter((address) => address.includes(':') === (late === 'A'));
    const half = { code: 'found', addresses, ttl_s: 1, partial: true, more: true };
    assert.deepEqual(await resolver.lookup('a.test'), half);
    const heard: LookupAnswer[] = [];
    resolver.hear('a.test', (answer) => heard.push(answer));
    assert.deepEqual(heard, [half]);
    assert.deepEqual([server.count(), resolver.tables.waiting.size], [2, 2]);
    gate.resolve();
    let answer = await resolver.lookup('a.test');
    for (let turn = 0; turn < 1000 && answer.code === 'found' && answer.addresses.length < 3; turn += 1) {
      await settled();
      answer = await resolver.lookup('a.test');
    }
    assert.ok(answer.code === 'found' && answer.ttl_s >= 59);
    assert.deepEqual(answer.addresses, A_TEST.addresses);
    assert.deepEqual(heard.slice(1), [{ ...A_TEST, ttl_s: 60 }]);
    assert.deepEqual([server.count(), resolver.tables.waiting.size], [2, 0]);
  });
}

test('a family whose answer had come while the thread was busy is not late', async () => {
  const gate = deferred();
  const server = await startServer({ trick: ({ type }) => (type === 'A' ? { hold: gate.promise } : undefined) });
  const resolver = startResolver([server.at], [], { try_timeout_ms: 10_000, timeout_ms: 10_000 });
  const lookup = resolver.lookup('a.test');
  await until(() => resolver.servers.all[0]?.profile.counts.addresses === 1);
  gate.resolve();
  // Without a turn of the loop: the answer is sent, then no timer and no socket is looked at for longer than the grace.
  for (let tick = 0; tick < 10; tick += 1) await new Promise<void>((resolve) => process.nextTick(resolve));
  const busyUntil = performance.now() + 100;
  while (performance.now() < busyUntil);
  assert.deepEqual(await lookup, A_TEST);
});

test('a family that fails leaves the other, kept no longer than a negative answer', async () => {
  const server = await startServer({ trick: (query) => (query.type === 'AAAA' ? 'servfail' : undefined) });
  const backup = await startServer();
  const resolver = startResolver([server.at], [backup.at], { negative_ttl_s: 10 });
  const answer = await resolver.lookup('a.test');
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['192.0.2.1', '192.0.2.2']);
  const kept = await resolver.lookup('a.test');
  assert.ok(kept.code === 'found' && kept.ttl_s >= 9 && kept.ttl_s <= 10);
  assert.deepEqual([server.count('A'), backup.count()], [1, 0]);
});

test('no address of one family and no answer for the other is a failure', async () => {
  const server = await startServer({ trick: (query) => (query.type === 'A' ? 'servfail' : undefined) });
  const backup = await startServer();
  const answer = await startResolver([server.at], [backup.at]).lookup('four.test');
  assert.deepEqual(answer, { code: 'found', addresses: ['192.0.2.4'], ttl_s: 60 });
});

test('more lookups than lookups_max are answered overloaded, and room returns', async () => {
  const gate = deferred();
  const server = await startServer({ trick: () => ({ hold: gate.promise }) });
  const resolver = startResolver([server.at], [], { lookups_max: 3, try_timeout_ms: 10_000 });
  const lookups = ['a.test', 'a.test', 'four.test'].map((name) => resolver.lookup(name));
  assert.deepEqual(await resolver.lookup('six.test'), { code: 'overloaded' });
  assert.deepEqual(await resolver.lookup('a.test'), { code: 'overloaded' });
  gate.resolve();
  for (const answer of await Promise.all(lookups)) assert.equal(answer.code, 'found');
  assert.equal((await resolver.lookup('six.test')).code, 'found');
});

test('stopping ends what is in flight and asks nothing more', async () => {
  const server = await startServer({ trick: () => 'drop' });
  const resolver = startResolver([server.at], [server.at], { timeout_ms: 60_000, try_timeout_ms: 60_000 });
  const lookup = resolver.lookup('a.test');
  await until(() => server.count() === 2);
  resolver.stop();
  assert.equal((await lookup).code, 'failed');
  assert.deepEqual(await resolver.lookup('four.test'), { code: 'failed', reason: 'stopping' });
  assert.equal(server.count(), 2);
});

async function startServer(options: DnsServerOptions = {}): Promise<DnsServer> {
  const server = await DnsServer.start(ZONES, options);
  servers.push(server);
  return server;
}

function startResolver(
  nameservers: readonly Nameserver[],
  backup: readonly Nameserver[] = [],
  dns: Parameters<typeof dnsOptions>[2] = {},
  getaddrinfo: Getaddrinfo = never,
  now?: () => number,
): TestResolver {
  const system = new SystemNames({ parallel: 2, queue_max: 10 }, getaddrinfo);
  const resolver = makeResolver(dnsOptions(nameservers, backup, dns), { system, ...(now ? { now } : {}) });
  resolvers.push(resolver);
  return resolver;
}

function never(name: string): never {
  throw new Error(`the system was asked for ${name}`);
}

/** A loopback port that has just been closed. */
async function closedPort(): Promise<Nameserver> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return nameserver('udp', port);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

/** One turn of the event loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
