import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countTime,
  histogramLength,
  readTimes,
  TIME_BOUNDS_MS,
  TimeHistogram,
  TURN_BOUNDS_MS,
} from '../../../src/threads/shared/time-histogram.js';

test('bounds rise, so that each time has one bucket', () => {
  for (const bounds of [TIME_BOUNDS_MS, TURN_BOUNDS_MS]) {
    assert.deepEqual(
      bounds,
      [...bounds].sort((a, b) => a - b),
    );
    assert.equal(new Set(bounds).size, bounds.length);
  }
});

test('a bound belongs to the bucket below it, as with Prometheus', () => {
  const histogram = new TimeHistogram(TimeHistogram.create([1, 5]), [1, 5]);
  for (const time_ms of [0, 1, 1.5, 5, 5.25, 1e6]) histogram.count(time_ms);
  assert.deepEqual(histogram.read(), { bounds_ms: [1, 5], buckets: [2, 2, 2], count: 6, sum_ms: 1_000_012.75 });
});

test('histograms stand side by side, and several memories are read as one', () => {
  const bounds = [10];
  const length = histogramLength(bounds);
  const [one, other] = [new Float64Array(2 * length), new Float64Array(2 * length)];
  countTime(one, 0, bounds, 7);
  countTime(one, length, bounds, 20);
  countTime(other, length, bounds, 2);
  assert.deepEqual(readTimes([one, other], 0, bounds), { bounds_ms: [10], buckets: [1, 0], count: 1, sum_ms: 7 });
  const second = { bounds_ms: [10], buckets: [1, 1], count: 2, sum_ms: 22 };
  assert.deepEqual(readTimes([one, other], length, bounds), second);
});
