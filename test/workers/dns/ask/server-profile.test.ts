// What is learnt of a server, with a clock of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  exchange,
  failed,
  GIVEN_UP,
  type Hear,
  promised,
  type Reply,
} from '../../../../src/workers/dns/ask/exchange.js';
import { CREDULOUS } from '../../../../src/workers/dns/ask/judge.js';
import { ServerProfile } from '../../../../src/workers/dns/ask/server-profile.js';
import { askList, type ListOutcome } from '../../../../src/workers/dns/lookup/list.js';
import type { Server } from '../../../../src/workers/dns/transports/configured-server.js';

const ANSWER: Reply = { kind: 'nodata', ttl_s: 5 };
const FOUND: Reply = { kind: 'addresses', addresses: ['192.0.2.1'], ttl_s: 5 };
const FAST = 'faster than this server can be';
const PLAIN = 'without the EDNS option that this server returns';

function profileAt(clock: { ms: number }): ServerProfile {
  return new ServerProfile(() => clock.ms);
}

test('the latency is smoothed, and silence counts as slow', () => {
  const profile = profileAt({ ms: 0 });
  assert.equal(profile.latency_ms, undefined);
  profile.replied(ANSWER, 10);
  assert.equal(profile.latency_ms, 10);
  profile.replied(ANSWER, 18);
  assert.equal(profile.latency_ms, 11);
  profile.replied(GIVEN_UP['timed-out'], 2000);
  assert.ok((profile.latency_ms as number) > 200);
  profile.replied(failed('ECONNREFUSED'), 0);
  const { queries, nodata, timeouts, errors } = profile.counts;
  assert.deepEqual([queries, nodata, timeouts, errors], [4, 2, 1, 1]);
  const { count, sum_ms } = profile.times.read();
  assert.deepEqual([count, sum_ms], [2, 28], 'only answers have a time');
});

test('an answer much faster than any in a minute is doubtful, once there were enough of them', () => {
  const clock = { ms: 0 };
  const profile = profileAt(clock);
  for (let answers = 0; answers < 40; answers += 1) profile.believed(40, true, true);
  assert.equal(profile.doubt(1, true, true), undefined);
  clock.ms = 60_000;
  profile.believed(60, true, true);
  assert.equal(profile.doubt(19, true, true), FAST);
  assert.equal(profile.doubt(21, true, true), undefined);
});

test('of a server that is near nothing can be said', () => {
  const clock = { ms: 0 };
  const profile = profileAt(clock);
  for (; clock.ms <= 120_000; clock.ms += 1000) profile.believed(1, true, true);
  assert.equal(profile.doubt(0.01, true, true), undefined);
});

test('a server that always returns EDNS and then does not is doubtful, until it has often done so unrefuted', () => {
  const profile = profileAt({ ms: 0 });
  for (let answers = 0; answers < 4; answers += 1) {
    assert.equal(profile.doubt(1, true, false), undefined);
    profile.believed(1, true, true);
  }
  assert.equal(profile.doubt(1, true, false), PLAIN);
  assert.equal(profile.doubt(1, false, false), undefined);
  for (let doubts = 0; doubts < 8; doubts += 1) profile.unrefuted();
  assert.equal(profile.doubt(1, true, false), undefined);
});

test('wariness ends', () => {
  const clock = { ms: 0 };
  const profile = profileAt(clock);
  assert.equal(profile.isWary, false);
  profile.contradicted();
  clock.ms = 599_999;
  assert.equal(profile.isWary, true);
  clock.ms = 600_000;
  assert.equal(profile.isWary, false);
});

/** A server of that latency that answers when it is told to. */
function serverOf(id: string, latency_ms: number | undefined, asked: string[]) {
  const profile = profileAt({ ms: 0 });
  if (latency_ms !== undefined) profile.replied(ANSWER, latency_ms);
  let answer = (_reply: Reply): void => {};
  const server: Server = {
    identity: { id, public: false },
    profile,
    tables: {},
    goes: () => true,
    close: () => {},
    ask: (_question, _way, hear) => {
      asked.push(id);
      return exchange(hear, (settle) => {
        answer = settle;
        return () => {};
      });
    },
  };
  return { server, answer: (reply: Reply) => answer(reply) };
}

const ASKING = { question: { name: 'a.test', type: 'A' }, way: 'usual', judge: CREDULOUS } as const;

function raceOf(servers: readonly Server[]) {
  return promised((hear: Hear<ListOutcome>) => askList(servers, ASKING, hear));
}

test('the fastest has a head start of some ms, those that are not known are asked with it', async () => {
  const asked: string[] = [];
  const [slow, fast, fresh] = [
    serverOf('slow', 80, asked),
    serverOf('fast', 20, asked),
    serverOf('new', undefined, asked),
  ];
  const race = raceOf([slow.server, fast.server, fresh.server]);
  assert.deepEqual(asked, ['fast', 'new']);
  while (asked.length < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(asked, ['fast', 'new', 'slow']);
  slow.answer(FOUND);
  const outcome = await race.outcome;
  assert.ok(outcome.kind === 'addresses' && outcome.server === slow.server);
});

test('a slower server is not asked at all when the fast one answers, and at once when it fails', async () => {
  const asked: string[] = [];
  const [slow, fast] = [serverOf('slow', 80, asked), serverOf('fast', 20, asked)];
  const won = raceOf([slow.server, fast.server]);
  fast.answer(FOUND);
  assert.equal((await won.outcome).kind, 'addresses');
  assert.deepEqual(asked.splice(0), ['fast']);
  const lost = raceOf([slow.server, fast.server]);
  fast.answer({ kind: 'server-failure', rcode: 2 });
  await new Promise((resolve) => process.nextTick(resolve));
  await Promise.resolve();
  assert.deepEqual(asked, ['fast', 'slow']);
  lost.cancel('answered');
  assert.equal((await lost.outcome).kind, 'failed');
});
