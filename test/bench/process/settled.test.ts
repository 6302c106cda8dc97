import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settled } from '../../../bench/process/settled.js';

const same = (last: number, now: number): boolean => last === now;

test('what keeps still for so many looks is taken, not before', async () => {
  const readings = [1, 2, 2, 3, 3, 3, 9];
  assert.equal(await settled(() => readings.shift() as number, same, { look_ms: 0, looks: 2, looksMax: 20 }), 3);
  assert.deepEqual(readings, [9]);
});

test('what never keeps still is taken as it is in the end', async () => {
  let reading = 0;
  assert.equal(await settled(() => reading++, same, { look_ms: 0, looks: 2, looksMax: 5 }), 5);
});
