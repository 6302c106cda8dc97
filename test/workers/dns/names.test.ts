// All of the DNS actor but its thread: servers, resolver and trust together.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import fc from 'fast-check';
import type { LookupAnswer } from '../../../src/protocol/messages.js';
import { Names } from '../../../src/workers/dns/names.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { DnsServer, type DnsServerOptions, HIJACKER } from '../../helpers/dns-server.js';

const ZONES = { 'a.test': { A: ['192.0.2.1'], ttl_s: 60 }, 'b.test': { A: ['192.0.2.2'], ttl_s: 60 } };
const FORGED = '203.0.113.66';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  const left = (): string[] => process.getActiveResourcesInfo().filter((kind) => /UDP|TCP|Timeout/.test(kind));
  for (let turn = 0; turn < 100 && left().length > 0; turn += 1) await turnOfLoop();
  assert.deepEqual(left(), []);
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
  const names = namesOf([server], { probe, try_timeout_ms: 1000 }, [backup]);
  while (names.statistics().probes.probes === 0) await turnOfLoop();
  assert.equal((await lookup(names, 'none.test')).code, 'no-such-name');
  const { answers } = await names.explain('none.test');
  assert.deepEqual(
    answers.map(({ addresses, verdict }) => [...addresses, verdict]),
    [[HIJACKER, 'suspect'], ['clean'], ['clean'], ['clean']],
  );
});

test('100 000 mutated messages between question and answer neither throw nor leave anything', async () => {
  const change = fc.record({ at: fc.nat({ max: 80 }), to: fc.nat({ max: 255 }) });
  const mutations = fc.sample(fc.array(change, { minLength: 1, maxLength: 4 }), 1000);
  const server = await start({
    trick: () => ({ mutate: (index) => mutations[index % mutations.length] ?? [], count: 100 }),
  });
  const names = namesOf([server], {
    ipv6: 'off',
    try_timeout_ms: 5000,
    udp_retry_ms: 50,
    hold_ms: 1,
    entries_max: 100,
  });
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
): Names {
  const at = (list: readonly DnsServer[]) => list.map((server) => server.at);
  const names = new Names(dnsOptions(at(servers), at(backups), dns), () => {});
  ends.push(() => names.stop());
  return names;
}

function lookup(names: Names, name: string): Promise<LookupAnswer> {
  return new Promise((hear) => names.lookup(name, hear));
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
