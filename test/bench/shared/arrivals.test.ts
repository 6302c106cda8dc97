import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gap } from '../../../bench/shared/arrivals.js';

test('the gaps between arrivals are exponential: as long as the rate says on average, and often much shorter or longer', () => {
  const steps = 100_000;
  const gaps = Array.from({ length: steps }, (_, step) => gap(200, (step + 0.5) / steps));
  const mean = gaps.reduce((sum, one) => sum + one, 0) / steps;
  assert.ok(Math.abs(mean - 5) < 0.01, `${mean} ms`);
  const longer = gaps.filter((one) => one > mean).length / steps;
  assert.ok(Math.abs(longer - 1 / Math.E) < 0.001, `${longer}`);
});

test('no gap is negative or without an end', () => {
  for (const random of [0, 0.5, 1 - 2 ** -53]) {
    const one = gap(1000, random);
    assert.ok(one >= 0 && Number.isFinite(one), `${random}: ${one}`);
  }
});
