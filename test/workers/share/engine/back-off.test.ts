import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../../../src/workers/share/engine/back-off.js';

test('waits double up to a bound, chance takes up to half of them, and a connection that lasted begins anew', () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 9 }, () => backOff.after(0, 1));
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  assert.equal(backOff.after(9999, 0), 5000);
  assert.equal(backOff.after(10_000, 0), 50);
  assert.equal(backOff.after(0, 0.5), 150);
});
