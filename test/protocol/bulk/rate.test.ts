import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RATE_AGE_MS, Rate } from '../../../src/protocol/bulk/rate.js';

const exact = (bytes_s: number) => ({ bytes_s, isExact: true });
const atLeast = (bytes_s: number) => ({ bytes_s, isExact: false });

test('a rate follows its measurements', () => {
  const rate = new Rate();
  assert.equal(rate.isKnown(0), false);
  rate.add(exact(1000), 0);
  assert.equal(rate.bytes_s, 1000);
  for (let n = 0; n < 10; n += 1) rate.add(exact(100), n);
  assert.ok(rate.bytes_s > 100 && rate.bytes_s < 160, String(rate.bytes_s));
});

test('that a line is at least so fast never makes it slower', () => {
  const rate = new Rate();
  rate.add(exact(1000), 0);
  rate.add(atLeast(10), 5);
  assert.deepEqual([rate.bytes_s, rate.at], [1000, 0]);
  rate.add(atLeast(5000), 6);
  assert.deepEqual([rate.bytes_s, rate.at], [5000, 6]);
});

test('after an hour a rate says nothing, and the next one begins anew', () => {
  const rate = new Rate();
  rate.add(exact(1000), 0);
  assert.equal(rate.isKnown(RATE_AGE_MS - 1), true);
  assert.equal(rate.isKnown(RATE_AGE_MS), false);
  rate.add(atLeast(10), RATE_AGE_MS);
  assert.deepEqual([rate.bytes_s, rate.samples], [10, 1]);
});
