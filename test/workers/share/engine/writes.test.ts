// Writes that may wait. The engine of these tests answers as they say; the last test writes to a real one.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Reply } from '../../../../src/workers/share/engine/engine.js';
import { Writes } from '../../../../src/workers/share/engine/writes.js';
import { at, engineTest, isDown } from '../../../helpers/engine-world.js';
import { FakeEngine } from '../../../helpers/fake-engine.js';
import { until } from '../../../helpers/until.js';

const EVERY_MS = 100;
const set = (key: string, value = '1') => ['SET', key, value] as const;

function world(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = { now: 0 };
  const engine = new FakeEngine((commands) => commands.map((): Reply => 'OK'));
  const writes = new Writes(engine, () => clock.now);
  context.after(() => writes.close());
  /** One batch, if one is due. */
  const batch = async (): Promise<number> => {
    const before = engine.asked.length;
    clock.now += EVERY_MS;
    context.mock.timers.tick(EVERY_MS);
    await turnOfLoop();
    return engine.asked.length === before ? 0 : (engine.asked.at(-1)?.length ?? 0);
  };
  const putMany = (count: number, from = 0): void => {
    for (let n = from; n < from + count; n += 1) writes.put(`k${n}`, set(`k${n}`));
  };
  return { clock, engine, writes, batch, putMany };
}

test('the last write for a key goes, with others in one batch', async (context) => {
  const { engine, writes, batch } = world(context);
  writes.put('a', set('a', '1'));
  writes.put('b', set('b'));
  writes.put('a', set('a', '2'));
  assert.equal(engine.asked.length, 0);
  assert.equal(await batch(), 2);
  assert.deepEqual(engine.asked, [[set('b'), set('a', '2')]]);
  assert.equal(await batch(), 0);
  const { put, written, replaced, dropped, waiting } = writes.counts;
  assert.deepEqual([put, written, replaced, dropped, waiting], [3, 2, 1, 0, 0]);
});

test('a batch has a bound, and the rest goes with the next ones', async (context) => {
  const { batch, putMany } = world(context);
  putMany(600);
  assert.deepEqual([await batch(), await batch(), await batch(), await batch()], [256, 256, 88, 0]);
});

test('what comes while a batch is under way is not lost', async (context) => {
  const { engine, writes, batch } = world(context);
  engine.answer = (commands) => {
    writes.put('a', set('a', '2'));
    writes.put('c', set('c'));
    return commands.map(() => 'OK');
  };
  writes.put('a', set('a', '1'));
  assert.equal(await batch(), 1);
  engine.answer = (commands) => commands.map(() => 'OK');
  assert.equal(await batch(), 2);
  assert.deepEqual(engine.asked.at(-1), [set('a', '2'), set('c')]);
});

test('writes wait for an engine that is away, up to a bound and an age', async (context) => {
  const { clock, engine, writes, batch, putMany } = world(context);
  engine.goDown();
  putMany(5000);
  assert.deepEqual([await batch(), writes.counts.waiting, writes.counts.dropped], [0, 4096, 904]);
  clock.now += 30_000;
  writes.put('late', set('late'));
  clock.now += 30_001;
  engine.goUp();
  assert.equal(await batch(), 1);
  assert.deepEqual(engine.asked, [[set('late')]]);
  assert.deepEqual([writes.counts.written, writes.counts.dropped, writes.counts.waiting], [1, 5000, 0]);
});

test('a batch without an answer goes again, but for what has been replaced', async (context) => {
  const { engine, writes, batch } = world(context);
  engine.answer = () => undefined;
  writes.put('a', set('a', '1'));
  writes.put('b', set('b'));
  assert.equal(await batch(), 2);
  writes.put('a', set('a', '2'));
  engine.answer = (commands) => commands.map(() => 'OK');
  assert.equal(await batch(), 2);
  assert.deepEqual(engine.asked.at(-1), [set('b'), set('a', '2')]);
});

test('what the engine refuses is counted and not sent again; what is too large is not sent', async (context) => {
  const { engine, writes, batch } = world(context);
  engine.answer = () => [{ error: 'OOM command not allowed' }, 'OK'];
  writes.put('a', set('a'));
  writes.put('b', set('b'));
  writes.put('c', set('c', 'x'.repeat(4096)));
  assert.deepEqual([await batch(), await batch()], [2, 0]);
  const { written, refused, dropped, waiting } = writes.counts;
  assert.deepEqual([written, refused, dropped, waiting], [1, 1, 1, 0]);
});

test('after its end nothing is written', async (context) => {
  const { engine, writes, batch } = world(context);
  writes.put('a', set('a'));
  writes.close();
  writes.put('b', set('b'));
  engine.goUp();
  assert.equal(await batch(), 0);
  assert.deepEqual([writes.counts.dropped, writes.counts.waiting], [2, 0]);
});

engineTest('writes of a time without the engine are there when it is back, the last one for each key', async (real) => {
  const redis = await real.redis();
  const engine = await real.up([at(redis.port)]);
  const writes = new Writes(engine, () => performance.now());
  await redis.kill();
  await isDown(engine);
  for (const value of ['1', '2', '3']) for (const key of ['a', 'b']) writes.put(key, set(key, value));
  await redis.start();
  await until('they are written', () => writes.counts.written === 2);
  assert.equal(await redis.ask('MGET', 'a', 'b'), '3\n3');
  writes.close();
});
