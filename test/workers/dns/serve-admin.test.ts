// What the admin actor may ask of the DNS actor, without threads.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { NamesAdmin } from '../../../src/threads/contracts/admin/names.js';
import type { LookupAnswer } from '../../../src/threads/contracts/dns.js';
import { serve } from '../../../src/threads/port.js';
import { Names } from '../../../src/workers/dns/names.js';
import { namesAdmin } from '../../../src/workers/dns/serve-admin.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { DnsServer, type DnsServerOptions } from '../../helpers/dns-server.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { until } from '../../helpers/until.js';

const ZONES = { 'a.test': { A: ['192.0.2.1', '192.0.2.2'], ttl_s: 60 } };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout|MessagePort/);
});

test('the cache is looked into without a question, and tells what of an answer is not used', async () => {
  const { server, admin, lookup } = await start();
  assert.deepEqual(await admin.known('A.test'), { name: 'a.test', hosts: undefined, answers: [], is_in_flight: false });
  await lookup('a.test');
  await lookup('none.test.');
  await admin.sayBad('192.0.2.2', 'a.test', undefined);
  const asked = server.queries.length;
  const [answer, ...others] = (await admin.known('a.test'))?.answers ?? [];
  assert.deepEqual(others, []);
  assert.deepEqual(
    [answer?.asked, answer?.kind, answer?.exists, answer?.freshness],
    ['a.test', 'found', true, 'fresh'],
  );
  assert.ok(answer !== undefined && answer.ttl_s > 50 && answer.ttl_s <= 60);
  assert.deepEqual(answer.parts, [
    {
      server: server.at.id,
      addresses: ['192.0.2.1', '192.0.2.2'],
      dropped: [{ address: '192.0.2.2', why: 'operator' }],
      last: [],
    },
  ]);
  const [none] = (await admin.known('none.test'))?.answers ?? [];
  assert.deepEqual([none?.asked, none?.kind, none?.exists, none?.parts], ['none.test.', 'none', false, []]);
  assert.deepEqual((await admin.known('own.test'))?.hosts, ['192.0.2.7']);
  assert.equal(await admin.known('no name'), undefined);
  assert.equal(server.queries.length, asked);
});

test('a name that is flushed is asked for again, and connection actors forget it', async () => {
  const { server, names, admin, lookup } = await start();
  const changed: (readonly string[] | undefined)[] = [];
  const { port1, port2 } = new MessageChannel();
  serve(
    {
      badAddressesChanged: async () => {},
      namesChanged: async (told: readonly string[] | undefined) => void changed.push(told),
    },
    port1,
  );
  ends.push(() => port1.close());
  names.trust.subscribe(port2);
  await lookup('a.test');
  await lookup('a.test.');
  const before = server.queries.length;
  assert.equal(await admin.flush('A.Test.'), 2);
  assert.deepEqual((await admin.known('a.test'))?.answers, []);
  await lookup('a.test');
  assert.ok(server.queries.length > before);
  assert.equal(await admin.flush('none.test'), 0);
  assert.equal(await admin.flush('no name'), undefined);
  await until('both names are told', () => changed.length === 2);
  assert.deepEqual(changed, [['a.test'], ['none.test']]);
});

test('servers are asked for a few names at a time', async () => {
  const { admin } = await start({ trick: () => 'drop' });
  const asked = await Promise.all(Array.from({ length: 6 }, (_, at) => admin.ask(`n${at}.test`)));
  assert.deepEqual(
    asked.map(({ code }) => code),
    ['asked', 'asked', 'asked', 'asked', 'busy', 'busy'],
  );
  const again = await admin.ask('a.test');
  assert.ok(again.code === 'asked');
  assert.deepEqual(
    again.explanation.answers.map(({ kind }) => kind),
    ['no-answer', 'no-answer'],
  );
});

test('an address is bad from the moment that an operator says so, and until that is undone', async () => {
  const { admin, lookup } = await start();
  const addresses = async () => {
    const answer = await lookup('a.test');
    return answer.code === 'found' ? answer.addresses : answer.code;
  };
  assert.deepEqual(await addresses(), ['192.0.2.1', '192.0.2.2']);
  assert.equal(await admin.sayBad('192.0.2.1', undefined, 60_000), 'added');
  assert.deepEqual(await addresses(), ['192.0.2.2']);
  const [bad] = (await admin.badAddresses({ limit: 10, how: 'operator' })).addresses;
  assert.deepEqual(bad, await admin.badAddress('192.0.2.1'));
  const [evidence] = bad?.evidence ?? [];
  assert.equal((evidence?.expires ?? 0) - (evidence?.renewed ?? 0), 60_000);
  assert.equal(await admin.undoBadAddress('192.0.2.1'), true);
  assert.equal(await admin.undoBadAddress('192.0.2.1'), false);
  assert.deepEqual(await addresses(), ['192.0.2.1', '192.0.2.2']);
});

async function start(options: DnsServerOptions = {}) {
  const server = await DnsServer.start(ZONES, options);
  ends.push(() => server.close());
  const dns = { ...dnsOptions([server.at]), hosts: { 'own.test': ['192.0.2.7'] } };
  const names = new Names(dns, { warn: () => {} });
  ends.push(() => names.stop());
  const admin: NamesAdmin = namesAdmin(names);
  const lookup = (name: string): Promise<LookupAnswer> => new Promise((hear) => names.lookup(name, hear));
  return { server, names, admin, lookup };
}
