// The two families of a name answered at different times, or differently: that one has nothing says nothing of the other.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { dnsOptions } from '../../helpers/dns-options.js';
import { makeResolver, type TestParts, type TestResolver } from '../../helpers/dns-resolver.js';
import { type ChooseTrick, DnsServer, deferred, type Trick } from '../../helpers/dns-server.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { until } from '../../helpers/until.js';

const ZONES = {
  'four.test': { A: ['192.0.2.4'], ttl_s: 60 },
  'six.test': { AAAA: ['2001:db8::6'], ttl_s: 60 },
  'both.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'], ttl_s: 60 },
};
const FAMILIES = [
  { open: 'A', none: 'AAAA', name: 'four.test', address: '192.0.2.4' },
  { open: 'AAAA', none: 'A', name: 'six.test', address: '2001:db8::6' },
] as const;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout|Immedi/);
});

for (const { open, none, name, address } of FAMILIES) {
  const found = { code: 'found', addresses: [address], ttl_s: 60 };

  for (const trick of ['nxdomain', undefined] as const) {
    const what = trick === undefined ? 'NODATA' : 'NXDOMAIN';
    test(`${what} of ${none} is not told while ${open} is open`, async () => {
      const gate = deferred();
      const { server, resolver } = await world(({ type }) => (type === none ? trick : { hold: gate.promise }));
      let answer: object | undefined;
      const lookup = resolver.lookup(name).then((heard) => {
        answer = heard;
      });
      await until('both are asked', () => server.count() >= 2);
      await until('one has answered', () => resolver.servers.all[0]?.profile.counts.queries === 1);
      // Far longer than the moment in which the second family is waited for.
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal(answer, undefined);
      gate.resolve();
      await lookup;
      assert.deepEqual(answer, found);
    });
  }

  test(`NXDOMAIN of ${none} and a lost first query for ${open}: the repeat is waited for`, async () => {
    let lost = 0;
    const trick: ChooseTrick = ({ type }) => (type === none ? 'nxdomain' : ++lost === 1 ? 'drop' : undefined);
    const { resolver } = await world(trick, { udp_retry_ms: 150 });
    assert.deepEqual(await resolver.lookup(name), found);
  });

  for (const failing of ['drop', 'servfail'] as const) {
    test(`NXDOMAIN of ${none} is not final where the first servers fail for ${open}: ${failing}`, async () => {
      const failure: ChooseTrick = ({ type }) => (type === none ? 'nxdomain' : failing);
      const backup = await start(() => undefined);
      const { resolver } = await world(failure, { try_timeout_ms: 100 }, [backup]);
      assert.deepEqual(await resolver.lookup(name), found);
    });
  }

  test(`NXDOMAIN of ${none} while nobody answers for ${open} is a failure, and is not kept`, async () => {
    let failing: Trick | undefined = 'servfail';
    const { resolver } = await world(({ type }) => (type === none ? 'nxdomain' : failing));
    assert.equal((await resolver.lookup(name)).code, 'failed');
    failing = undefined;
    assert.deepEqual(await resolver.lookup(name), found);
  });

  test(`a stale answer outlives NXDOMAIN of ${none} while nobody answers for ${open}`, async () => {
    let trick: ChooseTrick = () => undefined;
    const clock = { ms: 1000 };
    const { resolver } = await world((query) => trick(query), { stale_max_s: 1000, stale_wait_ms: 1000 }, [], {
      now: () => clock.ms,
    });
    assert.deepEqual(await resolver.lookup(name), found);
    clock.ms += 61_000;
    trick = ({ type }) => (type === none ? 'nxdomain' : 'servfail');
    const answer = await resolver.lookup(name);
    assert.deepEqual(answer.code === 'found' && answer.addresses, [address]);
  });
}

test('a name that neither family knows does not exist, as soon as both have said so', async () => {
  const { resolver } = await world(() => 'nxdomain', { try_timeout_ms: 60_000, timeout_ms: 60_000 });
  assert.deepEqual(await resolver.lookup('both.test'), { code: 'no-such-name', exists: false, ttl_s: 30 });
});

test('"no such name" of one server waits a moment for the address of another', async () => {
  const [publicServer, internal] = [await start(() => 'nxdomain'), await start(after(50))];
  const resolver = resolverOf([publicServer, internal], {});
  assert.deepEqual(await resolver.lookup('four.test'), { code: 'found', addresses: ['192.0.2.4'], ttl_s: 60 });
  // Now the other one is known to be slower, and is asked a moment later.
  assert.deepEqual(await resolver.lookup('both.test'), {
    code: 'found',
    addresses: ['2001:db8::1', '192.0.2.1'],
    ttl_s: 60,
  });
});

test('"no such name" does not wait for a server that is silent', async () => {
  const [fast, silent] = [await start(() => undefined), await start(() => 'drop')];
  const resolver = resolverOf([fast, silent], { try_timeout_ms: 60_000, timeout_ms: 60_000 });
  assert.deepEqual(await resolver.lookup('none.test'), { code: 'no-such-name', exists: false, ttl_s: 30 });
});

test('that one family has nothing does not wait where the other has addresses', async () => {
  const [fast, silent] = [await start(() => undefined), await start(() => 'drop')];
  const resolver = resolverOf([fast, silent], { try_timeout_ms: 60_000, timeout_ms: 60_000 });
  // Whole, not one in which a family is lacking.
  assert.deepEqual(await resolver.lookup('four.test'), { code: 'found', addresses: ['192.0.2.4'], ttl_s: 60 });
});

/** Answers with the truth so much later. */
function after(ms: number): ChooseTrick {
  return () => ({ hold: new Promise((resolve) => setTimeout(resolve, ms)) });
}

async function start(trick: ChooseTrick): Promise<DnsServer> {
  const server = await DnsServer.start(ZONES, { trick });
  ends.push(() => server.close());
  return server;
}

function resolverOf(
  servers: readonly DnsServer[],
  dns: Parameters<typeof dnsOptions>[2],
  backups: readonly DnsServer[] = [],
  parts: TestParts = {},
): TestResolver {
  const at = (list: readonly DnsServer[]) => list.map((server) => server.at);
  const options = dnsOptions(at(servers), at(backups), { try_timeout_ms: 5000, timeout_ms: 5000, ...dns });
  const resolver = makeResolver(options, parts);
  ends.push(() => resolver.stop());
  return resolver;
}

async function world(
  trick: ChooseTrick,
  dns: Parameters<typeof dnsOptions>[2] = {},
  backups: readonly DnsServer[] = [],
  parts: TestParts = {},
) {
  const server = await start(trick);
  return { server, resolver: resolverOf([server], dns, backups, parts) };
}
