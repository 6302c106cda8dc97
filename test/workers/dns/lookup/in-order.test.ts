// `system` with several servers in resolv.conf: an internal one first, a public one behind it that knows other things.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { exchange, GIVEN_UP, type Reply } from '../../../../src/workers/dns/ask/exchange.js';
import { ServerProfile } from '../../../../src/workers/dns/ask/server-profile.js';
import { askInOrder } from '../../../../src/workers/dns/lookup/in-order.js';
import { OrderedServer } from '../../../../src/workers/dns/lookup/ordered-server.js';
import type { NamesOptions } from '../../../../src/workers/dns/names.js';
import type { Server } from '../../../../src/workers/dns/transports/configured-server.js';
import { dnsOptions, SYSTEM } from '../../../helpers/dns-options.js';
import { makeResolver, type TestResolver } from '../../../helpers/dns-resolver.js';
import { DnsServer, deferred, type Host } from '../../../helpers/dns-server.js';
import { nothingLeft } from '../../../helpers/nothing-left.js';

const INTERNAL = { A: ['192.0.2.1'], ttl_s: 60 };
const PUBLIC = { A: ['203.0.113.1'], ttl_s: 60 };
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((label) => `${label}.test`);
const INTERNAL_ANSWER = { code: 'found', addresses: INTERNAL.A, ttl_s: 60 };
const PUBLIC_ANSWER = { code: 'found', addresses: PUBLIC.A, ttl_s: 60 };

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout/);
});

test('a server in time is the only one that is asked', async () => {
  const { first, second, resolver } = await world(INTERNAL, PUBLIC, { udp_retry_ms: 5000 });
  for (const name of NAMES) assert.deepEqual(await resolver.lookup(name), INTERNAL_ANSWER);
  assert.deepEqual(await resolver.lookup('none'), { code: 'no-such-name', exists: false, ttl_s: 30 });
  assert.ok(first.count() > 0);
  assert.equal(second.count(), 0);
});

for (const how of ['servfail', 'refused'] as const) {
  test(`after ${how} the next one is asked at once`, async () => {
    const { first, second, resolver } = await world(INTERNAL, PUBLIC, { udp_retry_ms: 5000 });
    first.trick = () => how;
    assert.deepEqual(await resolver.lookup('a.test'), PUBLIC_ANSWER);
    assert.equal(second.count(), 1);
    second.trick = () => how;
    assert.equal((await resolver.lookup('b.test')).code, 'failed');
  });
}

test('the next one is asked beside a late one, whose answer counts when it comes', async () => {
  for (const zone of [undefined, PUBLIC]) {
    const gate = deferred();
    const { first, second, resolver } = await world(INTERNAL, zone, { udp_retry_ms: 300 });
    first.trick = () => ({ hold: gate.promise });
    const lookup = resolver.lookup('a.test');
    await until(() => second.count() === 1);
    gate.resolve();
    assert.deepEqual(await lookup, INTERNAL_ANSWER);
  }
});

test('that the late one knows of nothing counts, too', async () => {
  const gate = deferred();
  const { first, second, resolver } = await world(undefined, PUBLIC, { udp_retry_ms: 300 });
  first.trick = () => ({ hold: gate.promise });
  const lookup = resolver.lookup('a.test');
  await until(() => second.count() === 1);
  gate.resolve();
  assert.equal((await lookup).code, 'no-such-name');
});

test('nobody waits for a server that has been silent twice, and it counts again once it is back', async () => {
  const { first, resolver } = await world(INTERNAL, PUBLIC, { udp_retry_ms: 400 });
  first.trick = () => 'drop';
  for (const name of ['a.test', 'b.test']) assert.deepEqual(await resolver.lookup(name), PUBLIC_ANSWER);
  const times: number[] = [];
  for (const name of ['c.test', 'd.test', 'e.test']) {
    const begun = performance.now();
    assert.deepEqual(await resolver.lookup(name), PUBLIC_ANSWER);
    times.push(performance.now() - begun);
  }
  // Waiting for it takes 800 ms, for every name. A busy machine may hold up one of them.
  assert.ok(Math.min(...times) < 800, `${times}`);
  first.trick = () => undefined;
  // One question has gone on listening, and its repeat is answered.
  let answer = await resolver.lookup('f.test');
  for (let turn = 0; answer.code === 'found' && answer.addresses[0] !== INTERNAL.A[0]; turn += 1) {
    answer = await resolver.lookup(`${turn}.test`);
  }
  assert.deepEqual(answer, INTERNAL_ANSWER);
});

test('that there is nothing is believed of the next one when the first stays silent', async () => {
  const { first, resolver } = await world(INTERNAL, undefined, { udp_retry_ms: 100 });
  first.trick = () => 'drop';
  assert.equal((await resolver.lookup('a.test')).code, 'no-such-name');
});

test('rotate begins with each server in turn, both families with one', async () => {
  const options = { udp_retry_ms: 5000, ipv6: 'on' } as const;
  const { first, second, resolver } = await world(INTERNAL, PUBLIC, options, 'options rotate');
  const found: string[] = [];
  for (const name of NAMES.slice(0, 4)) {
    const answer = await resolver.lookup(name);
    found.push(answer.code === 'found' ? (answer.addresses[0] as string) : answer.code);
  }
  assert.deepEqual(found, ['192.0.2.1', '203.0.113.1', '192.0.2.1', '203.0.113.1']);
  assert.deepEqual([first.count('AAAA'), second.count('AAAA')], [2, 2]);
});

for (const why of ['overtaken', 'timed-out', 'stopping'] as const) {
  test(`what was given up as ${why} is told as that, whichever servers were asked`, () => {
    const replies: Reply[] = [];
    const servers = ['a', 'b'].map((id) => new OrderedServer(silentServer(id), 1000));
    const question = { name: 'a.test', type: 'A' } as const;
    const asked = askInOrder({ servers, question, way: 'usual' }, ({ reply }) => replies.push(reply));
    asked.cancel(why);
    assert.deepEqual(replies, [{ kind: 'no-answer', code: why, reason: `a: ${GIVEN_UP[why].reason}` }]);
  });
}

/** A server that never answers. */
function silentServer(id: string): Server {
  return {
    identity: { id, public: true },
    profile: new ServerProfile(() => 0),
    goes: () => true,
    ask: (_question, _way, hear) => exchange(hear, () => () => {}),
    tables: {},
    close() {},
  };
}

interface World {
  readonly first: DnsServer;
  readonly second: DnsServer;
  readonly resolver: TestResolver;
}

async function world(
  internal: Host | undefined,
  external: Host | undefined,
  dns: Partial<NamesOptions['dns']>,
  options = '',
): Promise<World> {
  const every = (host: Host | undefined) => (host === undefined ? {} : { wildcards: { test: host } });
  const first = await DnsServer.start({}, { address: '127.0.0.2', ...every(internal) });
  const second = await DnsServer.start({}, { address: '127.0.0.3', port: first.port, ...every(external) });
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-order-'));
  const resolvConf = join(directory, 'resolv.conf');
  writeFileSync(resolvConf, `nameserver 127.0.0.2\nnameserver 127.0.0.3\n${options}\n`);
  const files = { resolvConf, nsswitch: '/dev/null', port: first.port };
  const limits = { ipv6: 'off', try_timeout_ms: 10_000, timeout_ms: 10_000, ...dns } as const;
  const resolver = makeResolver(dnsOptions([SYSTEM], [], limits), { files });
  ends.push(
    () => rmSync(directory, { recursive: true }),
    () => first.close(),
    () => second.close(),
    () => resolver.stop(),
  );
  return { first, second, resolver };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turnOfLoop();
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
