// A measured dial over one line, with attempts and names as the test says. What is said after it is in gateway/admin-lines.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialled } from '../../../../src/threads/contracts/admin/dial.js';
import { Dials } from '../../../../src/workers/connection/admin/dials.js';
import { dialLine } from '../../../../src/workers/connection/race/line-dial.js';
import { A, B, found, lost, PROXY, RaceWorld, SITE } from './race-world.js';

const TIMEOUT_MS = 1000;
const unused = (): never => assert.fail('there is no socket');

function world() {
  const engine = { now: 5000, handOver: unused, sendCopy: unused, receive: unused, close: unused };
  const race = new RaceWorld(engine, { lines: [0, 1, PROXY] });
  return {
    race,
    dial: (line: number): Promise<Dialled> =>
      dialLine(race, { line, target: SITE, say: undefined, timeout_ms: TIMEOUT_MS }),
    pass(ms: number): void {
      engine.now += ms;
      race.deadlines.expire(engine.now);
    },
  };
}

test('addresses are dialled one after the other until one is connected', async () => {
  const { race, dial, pass } = world();
  race.known.set('site.test', found(A, B));
  const dialled = dial(1);
  assert.deepEqual(race.dialled, [`1 ${A}`]);
  race.attempts[0].fails('refused');
  assert.deepEqual(race.dialled, [`1 ${A}`, `1 ${B}`]);
  pass(30);
  race.attempts[1].connects();
  assert.deepEqual(await dialled, { code: 'connected', address: B, connect_ms: 30 });
  assert.equal(race.attempts[1].result, 'abandoned');
  assert.deepEqual([race.counters.some((count) => count > 0), race.deadlines.size], [false, 0]);
});

test('a line with a proxy dials that, and the last failure is told', async () => {
  const { race, dial } = world();
  const dialled = dial(PROXY);
  race.attempts[0].fails('timed-out');
  const told = await dialled;
  assert.ok(told.code === 'failed');
  assert.deepEqual([told.failure.code, told.address], ['proxy-unreachable', '198.51.100.80']);
});

test('what must not be dialled is not, and a name without an answer fails', async () => {
  const { race, dial } = world();
  race.barred.add(A);
  const barred = dial(0);
  race.answer('site.test', found(A));
  assert.deepEqual([(await barred).code, race.attempts.length], ['failed', 0]);
  const nameless = dial(0);
  race.answer('site.test', lost('no-such-name'));
  const told = await nameless;
  assert.ok(told.code === 'failed' && told.failure.code === 'no-such-name');
});

test('it ends in time, whether it waits for a name or for a connection', async () => {
  const { race, dial, pass } = world();
  const looked = dial(0);
  pass(TIMEOUT_MS + 1000);
  const told = await looked;
  assert.ok(told.code === 'failed' && told.failure.code === 'timed-out');
  assert.equal(race.waiters.get('site.test')?.size, 0);
  race.known.set('site.test', found(A));
  const connecting = dial(0);
  pass(TIMEOUT_MS + 1000);
  assert.equal((await connecting).code, 'failed');
  assert.equal(race.attempts[0].result, 'abandoned');
});

test('a few are under way at a time', async () => {
  const open: ((dialled: Dialled) => void)[] = [];
  const dials = new Dials(() => new Promise((resolve) => open.push(resolve)));
  const asked = { line: 0, target: SITE, say: undefined, timeout_ms: TIMEOUT_MS };
  const all = Array.from({ length: 16 }, () => dials.dial(asked));
  assert.deepEqual(await dials.dial(asked), { code: 'busy' });
  for (const end of open) end({ code: 'connected', address: A, connect_ms: 1 });
  await Promise.all(all);
  const next = dials.dial(asked);
  open.at(-1)?.({ code: 'connected', address: A, connect_ms: 1 });
  assert.equal((await next).code, 'connected');
});
