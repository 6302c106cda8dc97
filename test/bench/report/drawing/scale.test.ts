import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearScale, logScale, type Scale } from '../../../../bench/report/drawing/scale.js';

const values = ({ ticks }: Scale) => ticks.map(({ value }) => value);
const texts = ({ ticks }: Scale) => ticks.map(({ text }) => text);

test('a linear axis goes from 0 to a round number at or beyond the largest value', () => {
  assert.deepEqual(values(linearScale(183, [0, 100])), [0, 50, 100, 150, 200]);
  assert.deepEqual(values(linearScale(200, [0, 100])), [0, 50, 100, 150, 200]);
  assert.deepEqual(values(linearScale(0.3, [0, 100])), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(texts(linearScale(27_000, [0, 100])), ['0', '10\u00a0k', '20\u00a0k', '30\u00a0k']);
});

test('places are in proportion and never outside of the axis', () => {
  const { at } = linearScale(200, [20, 120]);
  assert.deepEqual([0, 50, 200, 1e9, -5, Number.NaN].map(at), [20, 45, 120, 120, 20, 20]);
});

test('what is no value for an axis still gives one', () => {
  for (const max of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 5e-324]) {
    assert.deepEqual(values(linearScale(max, [0, 1])), [0, 0.5, 1], String(max));
  }
  assert.ok(values(linearScale(1.7e308, [0, 1])).length <= 5);
  for (const some of [[], [0], [-1, Number.NaN], [5e-324], [1e-300, 1e300], [Number.POSITIVE_INFINITY]]) {
    const { at, ticks } = logScale(some, [0, 1]);
    assert.ok(ticks.length >= 1 && ticks.length <= 14, String(some));
    assert.ok(
      [...some, 1].every((value) => at(value) >= 0 && at(value) <= 1),
      String(some),
    );
  }
});

test('a logarithmic axis is marked at powers of ten, or more often where it is short', () => {
  assert.deepEqual(values(logScale([0.86, 500], [0, 1])), [1, 10, 100]);
  assert.deepEqual(values(logScale([3, 40], [0, 1])), [2, 5, 10, 20, 50]);
  assert.deepEqual(values(logScale([7], [0, 1])), [5, 10]);
  assert.deepEqual(values(logScale([10], [0, 1])), [10, 20]);
});

test('on a logarithmic axis, equal ratios are equal distances, upwards too', () => {
  const { at } = logScale([1, 100], [200, 0]);
  assert.deepEqual([1, 10, 100].map(at), [200, 100, 0]);
  assert.deepEqual([0, -3, 1e-9].map(at), [200, 200, 200]);
});
