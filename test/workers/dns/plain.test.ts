// Servers, and boxes on the way, that do not like EDNS or mixed case: names resolve all the same, soon, and it is learnt;
// and a server that does like them is not talked out of it.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { dnsOptions } from '../../helpers/dns-options.js';
import { makeResolver, type TestParts } from '../../helpers/dns-resolver.js';
import { type ChooseTrick, DnsServer, type Query, type Trick } from '../../helpers/dns-server.js';
import { nothingLeft } from '../../helpers/nothing-left.js';

/** So many that mixed case is never just the name by chance. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const ZONES = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`${LETTERS}${index}.test`, { A: [`192.0.2.${index + 1}`], ttl_s: 60 }]),
);
const HOUR_MS = 3_600_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout|Immedi/);
});

const hasEdns = ({ edns_octets }: Query): boolean => edns_octets !== undefined;
const isMixed = ({ name }: Query): boolean => name !== name.toLowerCase();
const DISLIKED = {
  EDNS: hasEdns,
  'mixed case': isMixed,
  'EDNS or mixed case': (query: Query) => hasEdns(query) || isMixed(query),
} as const;
/** What is asked in the end. */
const LIKED = { EDNS: [false, true], 'mixed case': [true, false], 'EDNS or mixed case': [false, false] } as const;

const same = { udp_retry_ms: 500, try_timeout_ms: 2000, timeout_ms: 5000 };

for (const [disliked, dislikes] of Object.entries(DISLIKED)) {
  for (const trick of ['drop', 'servfail', 'refused', 'notimp', 'nxdomain'] as const) {
    test(`a server that answers ${disliked} with ${trick} is asked plainly soon, and as it likes from then on`, async () => {
      const clock = { ms: 0, skipped_ms: 0 };
      const { server, lookup } = await world((query) => (udp(query) && dislikes(query) ? trick : undefined), same, {
        now: () => performance.now() + clock.skipped_ms,
      });
      const begun_ms = performance.now();
      await lookup(0);
      // The plain query is due after 200 ms; a try takes 2000.
      assert.ok(performance.now() - begun_ms < 1000);
      for (let name = 1; name < 8; name += 1) await lookup(name);
      server.queries.splice(0);
      await lookup(8);
      assert.equal(server.count(), 2);
      const [query] = server.queries as [Query];
      // FORMERR and NOTIMP are taken for a dislike of EDNS, of which there is then none.
      const liked = trick === 'notimp' && disliked === 'mixed case' ? [false, false] : LIKED[disliked as never];
      assert.deepEqual([hasEdns(query), isMixed(query)], liked);
      // After an hour it may be another server.
      server.trick = () => undefined;
      clock.skipped_ms = HOUR_MS;
      server.queries.splice(0);
      await lookup(9);
      assert.ok(server.queries.every((query) => hasEdns(query) && isMixed(query)));
    });
  }
}

test('a TCP server that answers EDNS with an error is asked without it, and is known for that', async () => {
  const { server, lookup } = await world((query) => (hasEdns(query) ? 'servfail' : undefined), same, {}, 'tcp');
  await lookup(0);
  server.queries.splice(0);
  await lookup(1);
  assert.deepEqual(server.queries.map(hasEdns), [false, false]);
});

test('a lost query of a server that keeps the case is repeated in mixed case, not plainly', async () => {
  const { server, lookup } = await world(() => undefined, { ...same, udp_retry_ms: 20 });
  await lookup(0);
  server.queries.splice(0);
  const lost = new Map<string, number>();
  server.trick = ({ type }) => {
    lost.set(type, (lost.get(type) ?? 0) + 1);
    return (lost.get(type) as number) < 3 ? 'drop' : undefined;
  };
  await lookup(1);
  assert.equal(server.count('A'), 3);
  assert.ok(server.queries.every((query) => hasEdns(query) && isMixed(query)));
});

test('a plain answer of a server that keeps the case is not believed: TCP is asked', async () => {
  const forger: { trick: Trick | undefined } = { trick: undefined };
  // Whoever forges has not to guess the case of a plain query.
  const { server, resolver, lookup } = await world(
    (query) =>
      !udp(query) ? undefined : forger.trick && !isMixed(query) ? { inject: ['203.0.113.66'] } : forger.trick,
    { ...same, udp_retry_ms: 5, try_timeout_ms: 150, hold_ms: 20 },
  );
  await lookup(0);
  // The true answers are lost, question after question.
  forger.trick = 'drop';
  for (let name = 1; name < 6; name += 1) await lookup(name);
  assert.ok(server.queries.some((query) => udp(query) && !isMixed(query)));
  assert.ok(server.count('A', 'tcp') >= 5);
  // And mixed case comes back with the true answers.
  forger.trick = undefined;
  server.queries.splice(0);
  await lookup(7);
  assert.ok(server.queries.every((query) => udp(query) && isMixed(query)));
  assert.equal(resolver.servers.all[0]?.profile.forms.current.mixed, true);
});

test('one question that comes back in lower case, however often, switches mixed case off for no other', async () => {
  const { server, lookup } = await world(() => undefined, same);
  let forged = false;
  server.trick = ({ type }) => {
    if (type !== 'A' || forged) return undefined;
    forged = true;
    return 'lower-case';
  };
  await lookup(0);
  server.queries.splice(0);
  await lookup(1);
  assert.ok(server.queries.every(isMixed));
});

function udp({ transport }: Query): boolean {
  return transport === 'udp';
}

async function world(
  trick: ChooseTrick,
  dns: Parameters<typeof dnsOptions>[2],
  parts: TestParts = {},
  way: 'udp' | 'tcp' = 'udp',
) {
  const server = await DnsServer.start(ZONES, { trick });
  const resolver = makeResolver(dnsOptions([way === 'udp' ? server.at : server.atTcp], [], dns), parts);
  ends.push(
    () => server.close(),
    () => resolver.stop(),
  );
  const lookup = async (name: number): Promise<void> => {
    const answer = await resolver.lookup(`${LETTERS}${name}.test`);
    assert.deepEqual(answer.code === 'found' && answer.addresses, [`192.0.2.${name + 1}`], JSON.stringify(answer));
  };
  return { server, resolver, lookup };
}
