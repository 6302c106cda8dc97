import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quartiles } from '../../../bench/results/quartiles.js';

test('half of all values lie between the quartiles', () => {
  assert.deepEqual(quartiles([5, 1, 4, 2, 3]), [2, 4]);
  assert.deepEqual(quartiles([9, 0, 100, -100, 5, 6, 7, 8]), [3.75, 8.25]);
});

test('between two values the quartiles are between them, and one value is both', () => {
  assert.deepEqual(quartiles([1, 2]), [1.25, 1.75]);
  assert.deepEqual(quartiles([7]), [7, 7]);
  assert.deepEqual(quartiles([]), [Number.NaN, Number.NaN]);
});
