// All of the DNS actor but its thread: servers, resolver and trust together.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import { type Line, lineOf } from '../../../src/protocol/lines/line.js';
import type { LookupAnswer, ServerStatistics } from '../../../src/threads/contracts/dns.js';
import { Names } from '../../../src/workers/dns/names.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { DnsServer, type DnsServerOptions, HIJACKER, type Trick } from '../../helpers/dns-server.js';
import { mutationRuns } from '../../helpers/mutation-runs.js';
import { nothingLeft } from '../../helpers/nothing-left.js';

const ZONES = { 'a.test': { A: ['192.0.2.1'], ttl_s: 60 }, 'b.test': { A: ['192.0.2.2'], ttl_s: 60 } };
const FORGED = '203.0.113.66';
const DIRECT = lineOf(0, 'direct', { ip: undefined, port: 0 }, []);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout/);
});

test('a forged answer that was believed is lost as soon as the true one contradicts it', async () => {
  const server = await start({ trick: ({ name }) => (/^a/i.test(name) ? { inject: [FORGED] } : undefined) });
  const names = namesOf([server], { try_timeout_ms: 1000, hold_ms: 50 });
  const addresses = async (): Promise<readonly string[]> => {
    const answer = await lookup(names, 'a.test');
    return answer.code === 'found' ? answer.addresses : [];
  };
  assert.deepEqual(await addresses(), [FORGED]);
  while ((await addresses())[0] === FORGED) await turnOfLoop();
  assert.deepEqual(await addresses(), ['192.0.2.1']);
  const [bad] = names.trust.list();
  assert.equal(bad?.address, FORGED);
  const [evidence] = bad?.evidence ?? [];
  assert.deepEqual([evidence?.how, evidence?.by, evidence?.name], ['injection', server.at.id, 'a.test']);
  const [statistics] = names.statistics().servers;
  assert.ok((statistics?.counts['contradicted'] ?? 0) > 0);
  const explained = await names.explain('a.test');
  assert.equal(explained.answers[0]?.verdict, 'clean');
});

test('what a server makes up is found by the probe and never given', async () => {
  const server = await start({ trick: () => 'hijack' });
  const backup = await start();
  const probe = { enabled: 'on', names: [], tlds: ['test'], phantom_servers: [], interval_s: 3600, rounds: 1 } as const;
  const names = namesOf([server], { probe, try_timeout_ms: 1000 }, [backup], {}, [DIRECT]);
  while (names.statistics().probes.probes === 0) await turnOfLoop();
  assert.equal((await lookup(names, 'none.test')).code, 'no-such-name');
  const { answers } = await names.explain('none.test');
  assert.deepEqual(
    answers.map(({ addresses, verdict }) => [...addresses, verdict]),
    [[HIJACKER, 'suspect'], ['clean'], ['clean'], ['clean']],
  );
});

test('everything is counted, by server and by what answered', async () => {
  const tricks: Record<string, Trick> = { servfail: 'servfail', lost: 'drop', big: 'truncate', lies: 'lies-first' };
  const server = await start({
    trick: ({ name, transport }) =>
      transport === 'udp' ? tricks[name.toLowerCase().split('.')[0] as string] : undefined,
    negative_ttl_s: 5,
  });
  const backup = await start();
  const options = { ipv6: 'off', try_timeout_ms: 1000, udp_retry_ms: 200, timeout_ms: 5000 } as const;
  const names = namesOf([server], options, [backup], { 'own.test': ['192.0.2.7'] });
  const asked = ['a.test', 'a.test', 'none.test', 'servfail.test', 'lost.test', 'big.test', 'lies.test', 'own.test'];
  for (const name of [...asked, '192.0.2.9', '::1', 'no name']) await lookup(names, name);
  const { lookups, servers, tables, evidence, probes } = names.statistics();
  assert.deepEqual(lookups, {
    ...{ lookups: 11, literals: 2, hosts: 1, hits: 1, misses: 6, stale: 0, prefetches: 0, renewals: 0, overloaded: 0 },
  });
  const [first, second] = servers;
  assert.deepEqual([first?.id, first?.backup, second?.id, second?.backup], [server.at.id, false, backup.at.id, true]);
  assert.ok((first?.latency_ms as number) > 0);
  // a; none, big over TCP, lies; servfail; lost.
  const { repeats, ...counts } = (first as ServerStatistics).counts;
  assert.deepEqual(counts, {
    ...{ queries: 6, addresses: 1, nodata: 0, nxdomain: 3, failures: 1, timeouts: 1, errors: 0 },
    ...{ truncated: 1, invalid: 4, strays: 2, held: 0, contradicted: 0, suspect: 0 },
  });
  assert.ok((repeats as number) >= 1);
  // The backup was asked for what the first server failed at: no such names.
  assert.deepEqual([second?.counts['queries'], second?.counts['nxdomain']], [2, 2]);
  assert.deepEqual([first?.times.count, second?.times.count], [5, 2], 'what was lost has no time');
  assert.deepEqual(evidence, { 'error-correction': 0, spoofing: 0, injection: 0, outcome: 0, site: 0, operator: 0 });
  assert.deepEqual(probes, { probes: 0, found: 0, intercepted: 0 });
  assert.deepEqual(tables['answers'], { size: 6, max: 100 });
  assert.deepEqual(tables['in_flight'], { size: 0, max: 100 });
  for (const table of [...Object.values(tables), ...servers.flatMap((one) => Object.values(one.tables))]) {
    assert.ok(table.size <= table.max && table.max > 0);
  }
});

/** Mutated messages before each answer. */
const MUTATED = mutationRuns(100);

test(`${1000 * MUTATED} mutated messages between question and answer neither throw nor leave anything`, async () => {
  const change = fc.record({ at: fc.nat({ max: 80 }), to: fc.nat({ max: 255 }) });
  const mutations = fc.sample(fc.array(change, { minLength: 1, maxLength: 4 }), 1000);
  const server = await start({
    trick: () => ({ mutate: (index) => mutations[index % mutations.length] ?? [], count: MUTATED }),
  });
  const names = namesOf([server], {
    ipv6: 'off',
    try_timeout_ms: 5000,
    udp_retry_ms: 50,
    hold_ms: 1,
    entries_max: 100,
  });
  // Else each is asked plainly too, since it may be that the server does not like how it was asked.
  await lookup(names, 'a.test');
  for (let asked = 0; asked < 1000; asked += 1) {
    const answer = await lookup(names, `n${asked}.test`);
    assert.notEqual(answer.code, 'overloaded');
  }
  const { answers, in_flight } = names.statistics().tables;
  assert.deepEqual([answers?.size, in_flight?.size], [100, 0]);
});

async function start(options: DnsServerOptions = {}): Promise<DnsServer> {
  const server = await DnsServer.start(ZONES, options);
  ends.push(() => server.close());
  return server;
}

function namesOf(
  servers: readonly DnsServer[],
  dns: Parameters<typeof dnsOptions>[2],
  backups: readonly DnsServer[] = [],
  hosts: Record<string, string[]> = {},
  lines: readonly Line[] = [],
): Names {
  const at = (list: readonly DnsServer[]) => list.map((server) => server.at);
  const names = new Names({ ...dnsOptions(at(servers), at(backups), dns), hosts, lines }, { warn: () => {} });
  ends.push(() => names.stop());
  return names;
}

function lookup(names: Names, name: string): Promise<LookupAnswer> {
  return new Promise((hear) => names.lookup(name, hear));
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
