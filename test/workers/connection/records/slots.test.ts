import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../../../../src/workers/connection/records/slots.js';

test('a slot is free again when as many have ended after it as are kept', () => {
  const slots = new Slots(3, 2);
  assert.deepEqual([slots.take(), slots.take(), slots.take()], [0, 1, 2]);
  assert.deepEqual([slots.end(1), slots.end(0)], [-1, -1]);
  assert.deepEqual([slots.take(), slots.take()], [3, 4]);
  assert.deepEqual([slots.end(2), slots.take()], [1, 1]);
  assert.deepEqual([slots.end(4), slots.end(3), slots.end(1)], [0, 2, 4]);
  assert.deepEqual([slots.take(), slots.take(), slots.take()], [4, 2, 0]);
  assert.equal(slots.used, 5);
});

test('what is live beyond the bound shares a slot that is none', () => {
  const slots = new Slots(1, 1);
  assert.deepEqual([slots.take(), slots.take(), slots.take(), slots.take()], [0, 1, 2, 2]);
  assert.equal(slots.capacity, 2);
  slots.end(2);
  assert.equal(slots.end(0), -1);
  assert.equal(slots.take(), 2);
  assert.equal(slots.end(1), 0);
  assert.equal(slots.take(), 0);
});

test('no live slot is given twice, whatever comes and goes', () => {
  const slots = new Slots(50, 7);
  const live: number[] = [];
  let seed = 1;
  for (let step = 0; step < 10_000; step += 1) {
    seed = (seed * 48_271) % 0x7fff_ffff;
    if (live.length < 50 && seed % 3 > 0) {
      const slot = slots.take();
      assert.ok(slot < slots.capacity && !live.includes(slot));
      live.push(slot);
    } else if (live.length > 0) {
      const [slot] = live.splice(seed % live.length, 1);
      assert.ok(!live.includes(slots.end(slot)));
    }
  }
});
