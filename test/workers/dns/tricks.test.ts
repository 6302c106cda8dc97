// Servers with one trick each: every one ends in the right answer, or in the right error, inside the deadline.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { LookupAnswer } from '../../../src/threads/contracts/dns.js';
import type { Judge } from '../../../src/workers/dns/ask/judge.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { makeResolver, type TestParts, type TestResolver } from '../../helpers/dns-resolver.js';
import { type ChooseTrick, DnsServer, deferred, HIJACKER, type Trick } from '../../helpers/dns-server.js';
import { nothingLeft } from '../../helpers/nothing-left.js';

const MANY = Array.from({ length: 1000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`);
const CHAIN = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `c${index}.test`,
    { CNAME: index === 19 ? 'a.test' : `c${index + 1}.test` },
  ]),
);
const ZONES = {
  'a.test': { A: ['192.0.2.1'], ttl_s: 60 },
  // Of so many letters that mixed case is never just the name by chance.
  'abcdefghijklmnopqrstuvwxyz.test': { A: ['192.0.2.1'], ttl_s: 60 },
  'now.test': { A: ['192.0.2.5'], ttl_s: 0 },
  'many.test': { A: MANY },
  'loop.test': { CNAME: 'pool.test' },
  'pool.test': { CNAME: 'loop.test' },
  ...CHAIN,
};
const A_TEST: LookupAnswer = { code: 'found', addresses: ['192.0.2.1'], ttl_s: 60 };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout|GetAddr/);
});

test('a lossy server: what is lost is repeated, under another id', async () => {
  for (const lost of [1, 2]) {
    const asked = new Map<string, number>();
    const server = await start(({ type }) => {
      asked.set(type, (asked.get(type) ?? 0) + 1);
      return (asked.get(type) as number) <= lost ? 'drop' : undefined;
    });
    const resolver = resolverOf([server], { udp_retry_ms: 200, try_timeout_ms: 5000 });
    assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
    assert.equal(server.count('A', 'udp'), lost + 1);
    assert.equal(resolver.servers.all[0]?.profile.counts.repeats, 2 * lost);
  }
});

test('the repeats to a server that has never answered are plain: no EDNS, no mixed case', async () => {
  const server = await start(({ edns_octets }) => (edns_octets === undefined ? undefined : 'drop'));
  const resolver = resolverOf([server], { udp_retry_ms: 5, try_timeout_ms: 5000 });
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  const [first, second] = server.queries.filter(({ type }) => type === 'A');
  assert.deepEqual([first?.edns_octets, second?.edns_octets, second?.name], [1232, undefined, 'a.test']);
});

test('names are asked in mixed case, which must come back', async () => {
  const server = await start(() => undefined);
  const resolver = resolverOf([server]);
  await resolver.lookup('a.test');
  server.queries.splice(0);
  const name = `${'abcdefghij'.repeat(4)}.test`;
  assert.equal((await resolver.lookup(name)).code, 'no-such-name');
  assert.equal(server.count(), 2);
  assert.ok(server.queries.every((query) => query.name !== name && query.name.toLowerCase() === name));
});

test('a server that does not keep the case is asked plainly from then on', async () => {
  const server = await start(() => 'lower-case');
  const resolver = resolverOf([server], { try_timeout_ms: 5000 });
  assert.deepEqual(await resolver.lookup('abcdefghijklmnopqrstuvwxyz.test'), A_TEST);
  const before = server.count();
  assert.equal((await resolver.lookup('abcdefghij.test')).code, 'no-such-name');
  assert.equal(server.count(), before + 2);
});

test('another case from a server that keeps it is a forgery', async () => {
  let trick: Trick | undefined;
  const server = await start(({ transport }) => (transport === 'tcp' ? 'close' : trick));
  const resolver = resolverOf([server], { try_timeout_ms: 50, timeout_ms: 45 });
  await resolver.lookup('abcdefghij.test');
  trick = 'lower-case';
  assert.equal((await resolver.lookup('bcdefghijk.test')).code, 'failed');
});

test('a server without EDNS is asked without it', async () => {
  const server = await start(() => 'no-edns');
  const resolver = resolverOf([server], { try_timeout_ms: 5000 });
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  const before = server.count();
  await resolver.lookup('b.test');
  assert.equal(server.count(), before + 2);
});

for (const trick of ['wrong-id', 'wrong-question', 'garbage', 'drop'] as const) {
  test(`${trick} is not believed over UDP, and TCP is asked after it`, async () => {
    const server = await start(({ transport }) => (transport === 'udp' ? trick : undefined));
    const resolver = resolverOf([server], { try_timeout_ms: 60 });
    assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
  });
}

test("TcpRoute's order: servers, backups, TCP, UDP, TCP, UDP", async () => {
  const order: string[] = [];
  const note =
    (which: string): ChooseTrick =>
    (query) => {
      if (query.type === 'A') order.push(`${which} ${query.transport}`);
      return 'close';
    };
  const [first, backup] = [await start(note('first')), await start(note('backup'))];
  const resolver = resolverOf([first], { try_timeout_ms: 300, timeout_ms: 9000 }, undefined, [backup]);
  const answer = await resolver.lookup('a.test');
  assert.ok(answer.code === 'failed');
  const rounds = ['tcp', 'udp', 'tcp', 'udp'].flatMap((way) => [`first ${way}`, `backup ${way}`]);
  assert.deepEqual(order.slice(0, 2), ['first udp', 'backup udp']);
  for (let at = 0; at < rounds.length; at += 2) {
    assert.deepEqual(order.slice(at + 2, at + 4).sort(), rounds.slice(at, at + 2).sort());
  }
});

test('NXDOMAIN, NODATA and SERVFAIL are told apart', async () => {
  const server = await start(({ name }) => (name.toLowerCase() === 'bad.test' ? 'servfail' : undefined));
  const resolver = resolverOf([server]);
  assert.deepEqual(await resolver.lookup('none.test'), { code: 'no-such-name', exists: false, ttl_s: 30 });
  const answer = await resolver.lookup('bad.test');
  assert.ok(answer.code === 'failed' && answer.reason.includes('rcode 2'));
});

test('a CNAME loop, and a chain that is too long, are no answers', async () => {
  const resolver = resolverOf([await start(() => undefined)], { try_timeout_ms: 30 });
  assert.equal((await resolver.lookup('loop.test')).code, 'failed');
  assert.equal((await resolver.lookup('c0.test')).code, 'failed');
  assert.deepEqual(await resolver.lookup('c8.test'), A_TEST);
});

test('a TTL of 0 is for those who wait, unless there is a floor', async () => {
  const server = await start(() => undefined);
  const resolver = resolverOf([server]);
  assert.deepEqual(await resolver.lookup('now.test'), { code: 'found', addresses: ['192.0.2.5'], ttl_s: 0 });
  assert.equal(resolver.tables.answers.size, 0);
});

test('1000 records come over TCP and are bounded', async () => {
  const server = await start(() => undefined);
  const answer = await resolverOf([server], { try_timeout_ms: 5000 }).lookup('many.test');
  assert.deepEqual(answer.code === 'found' && answer.addresses, MANY.slice(0, 64));
  assert.equal(server.count('A', 'tcp'), 1);
});

test('a hijacked NXDOMAIN is not believed once its address is known, and the backup is asked', async () => {
  const server = await start(() => 'hijack');
  const backup = await start(() => undefined);
  const judge = distrusting(HIJACKER);
  const resolver = resolverOf([server], { try_timeout_ms: 1000 }, { judge }, [backup]);
  assert.equal((await resolver.lookup('none.test')).code, 'no-such-name');
  assert.deepEqual(await resolver.lookup('a.test'), A_TEST);
});

test('an injected answer before the true one is found out, and reported', async () => {
  const server = await start(() => ({ inject: ['203.0.113.66'] }));
  const reports: string[] = [];
  const injected: TestParts['injected'] = (_server, name, addresses) => reports.push(`${name} ${addresses}`);
  const resolver = resolverOf([server], { try_timeout_ms: 5000, hold_ms: 1000 }, { injected });
  await resolver.lookup('a.test');
  while (reports.length === 0) await turnOfLoop();
  assert.deepEqual(reports, ['a.test 203.0.113.66']);
  // From now on the answers of this server are held, and the later one counts.
  const [, held] = [reports.splice(0), await resolver.lookup('c19.test')];
  assert.deepEqual(held, A_TEST);
  assert.deepEqual(reports, ['c19.test 203.0.113.66']);
});

test('an answer without the EDNS option that a server returns is held for the true one', async () => {
  const gate = deferred();
  let trick: Trick | undefined;
  const server = await start(() => trick);
  const reports: string[] = [];
  const injected: TestParts['injected'] = (_server, name) => reports.push(name);
  const resolver = resolverOf([server], { try_timeout_ms: 5000, hold_ms: 5000 }, { injected });
  for (const name of ['w', 'x', 'y', 'z']) await resolver.lookup(`${name}.test`);
  trick = { inject: ['203.0.113.66'], until: gate.promise };
  const lookup = resolver.lookup('a.test');
  const { profile } = resolver.servers.all[0] as TestResolver['servers']['all'][number];
  while (profile.counts.held === 0) await turnOfLoop();
  gate.resolve();
  const answer = await lookup;
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['192.0.2.1']);
  assert.deepEqual(reports, ['a.test']);
});

test('a doubtful answer that nothing contradicts is asked about over TCP, and used if that is silent', async () => {
  let trick: Trick | undefined;
  const never = deferred();
  const server = await start(({ transport }) => (transport === 'udp' ? trick : 'close'));
  const resolver = resolverOf([server], { try_timeout_ms: 100, hold_ms: 20, timeout_ms: 400 });
  for (const name of ['w', 'x', 'y', 'z']) await resolver.lookup(`${name}.test`);
  trick = { inject: ['203.0.113.66'], until: never.promise };
  const answer = await resolver.lookup('a.test');
  assert.deepEqual(answer.code === 'found' && answer.addresses, ['203.0.113.66']);
  assert.ok(server.count('A', 'tcp') > 0);
  never.resolve();
});

test('one suspect server of a list does not win over a slower clean one', async () => {
  const gate = deferred();
  const liar = await start(() => 'hijack');
  const clean = await start(() => ({ hold: gate.promise }));
  const resolver = resolverOf([liar, clean], { try_timeout_ms: 5000 }, { judge: distrusting(HIJACKER) });
  const lookup = resolver.lookup('none.test');
  while (liar.count() < 2 || clean.count() < 2) await turnOfLoop();
  gate.resolve();
  assert.equal((await lookup).code, 'no-such-name');
});

async function start(trick: ChooseTrick): Promise<DnsServer> {
  const server = await DnsServer.start(ZONES, { trick });
  ends.push(() => server.close());
  return server;
}

function resolverOf(
  servers: readonly DnsServer[],
  dns: Parameters<typeof dnsOptions>[2] = {},
  parts: TestParts = {},
  backups: readonly DnsServer[] = [],
): TestResolver {
  const at = (list: readonly DnsServer[]) => list.map((server) => server.at);
  const resolver = makeResolver(dnsOptions(at(servers), at(backups), dns), parts);
  ends.push(() => resolver.stop());
  return resolver;
}

/** Does not believe answers with that address. */
function distrusting(bad: string): Judge {
  return {
    judge: (_server, _name, addresses) =>
      addresses.includes(bad)
        ? { clean: [], dropped: [{ address: bad, why: 'error-correction' }], suspect: true }
        : { clean: addresses, dropped: [], suspect: false },
  };
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
