import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Histogram } from '../../../bench/shared/histogram.js';

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= expected * 0.016 + 0.0001, `${actual} is not about ${expected}`);

test('percentiles of evenly spread latencies are within a bucket', () => {
  const histogram = new Histogram();
  for (let i = 1; i <= 10_000; i += 1) histogram.record(i / 100);
  const { p50, p90, p99, p999, max } = histogram.percentiles();
  near(p50, 50);
  near(p90, 90);
  near(p99, 99);
  near(p999, 99.9);
  assert.equal(max, 100);
  assert.equal(histogram.count, 10_000);
});

test('every size of latency keeps its value, from a tenth of a microsecond to minutes', () => {
  for (const ms of [0.0001, 0.0064, 0.0127, 0.0128, 0.0129, 0.05, 1, 12.8, 999, 60_000, 400_000]) {
    const histogram = new Histogram();
    histogram.record(ms);
    // Beside a much larger one, so that the bucket answers and not the largest value.
    histogram.record(429_000);
    near(histogram.percentile(0.5), ms);
  }
});

test('one slow answer in a thousand shows in p99.9 only beyond its share', () => {
  const histogram = new Histogram();
  for (let i = 0; i < 998; i += 1) histogram.record(1);
  histogram.record(500);
  histogram.record(500);
  near(histogram.percentile(0.99), 1);
  near(histogram.percentile(0.999), 500);
});

test('nothing recorded gives 0, and what is beyond the range is kept at its end', () => {
  const histogram = new Histogram();
  assert.deepEqual(histogram.percentiles(), { p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
  histogram.record(-1);
  histogram.record(1e9);
  assert.equal(histogram.count, 2);
  assert.equal(histogram.percentile(0.1), 0);
});

test('a curve has the value of every tenth of a nine, as far as there are values beyond', () => {
  const histogram = new Histogram();
  assert.deepEqual(histogram.curve(), []);
  for (let i = 1; i <= 1000; i += 1) histogram.record(i);
  const curve = histogram.curve();
  assert.equal(curve.length, 31);
  near(curve[0], 1);
  near(curve[10], 900);
  near(curve[20], 990);
  near(curve[30], 999);
  assert.deepEqual(
    curve,
    [...curve].sort((a, b) => a - b),
  );
  for (let i = 0; i < 1_000_000; i += 1) histogram.record(1);
  assert.equal(histogram.curve().length, 41);
});

test('a single value is its own curve', () => {
  const histogram = new Histogram();
  histogram.record(7);
  const [only, ...more] = histogram.curve();
  near(only, 7);
  assert.deepEqual(more, []);
});
