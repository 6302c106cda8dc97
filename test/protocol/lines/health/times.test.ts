import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineTimes } from '../../../../src/protocol/lines/health/times.js';

test('how late a line may be is what it took last, and never more than a line without history', () => {
  const times = new LineTimes();
  assert.equal(times.late(0, 30, 150), 150);
  times.took(0, 20);
  assert.equal(times.late(0, 30, 150), 20 + 4 * 10 + 30);
  for (let i = 0; i < 50; i += 1) times.took(0, 20);
  assert.equal(Math.round(times.late(0, 30, 150)), 50);
  times.took(1, 400);
  assert.equal(times.late(1, 30, 150), 150);
});

test('equally fast are those within the hysteresis of the fastest, and those of which nothing is known', () => {
  const times = new LineTimes();
  assert.deepEqual(times.fastest([0, 1, 2, 3]), [0, 1, 2, 3]);
  times.took(0, 100);
  times.took(1, 76);
  times.took(2, 140);
  assert.deepEqual(times.fastest([0, 1, 2, 3]), [0, 1, 3]);
  assert.deepEqual(times.fastest([2, 3]), [2, 3]);
});
