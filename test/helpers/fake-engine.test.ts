// What tests of the rooms of the share actor rely on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeEngine } from './fake-engine.js';

test('a fake engine answers, notes what it was asked, and goes down and up', async () => {
  const engine = new FakeEngine((commands) => commands.map(() => 'OK'));
  let ups = 0;
  engine.onUp(() => {
    ups += 1;
  });
  assert.deepEqual(await engine.ask([['SET', 'a', 'b'], ['PING']], 10), ['OK', 'OK']);
  engine.goDown();
  assert.deepEqual([await engine.ask([['PING']], 10), engine.status.fault], [undefined, 'closed']);
  engine.goUp();
  assert.equal(ups, 2);
  assert.deepEqual(engine.asked, [[['SET', 'a', 'b'], ['PING']]]);
  assert.deepEqual([engine.counts.roundTrips, engine.counts.commands], [1, 2]);
});
