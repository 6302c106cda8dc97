import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatRatio, formatTick } from '../../../../bench/report/shared/numbers.js';

test('a number has at least three digits that count', () => {
  const cases: [number, string][] = [
    [10_666.4, '10\u202f666'],
    [9930, '9930'],
    [1_234_567, '1\u202f234\u202f567'],
    [183.2, '183'],
    [96.42, '96.4'],
    [1.612, '1.61'],
    [0.018, '0.0180'],
    [-0.5, '-0.500'],
    [0, '0'],
    [1e-12, '0.000000'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ];
  for (const [value, text] of cases) assert.equal(formatNumber(value), text);
});

test('the marks of an axis are as short as they can be', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [0.05, '0.05'],
    [5000, '5000'],
    [15_000, '15\u00a0k'],
    [2_500_000, '2.5\u00a0M'],
    [3e12, '3000\u00a0G'],
  ];
  for (const [value, text] of cases) assert.equal(formatTick(value), text);
});

test('a ratio is never rounded to nothing', () => {
  assert.deepEqual([0.64, 23.478, 0.0044, Number.NaN].map(formatRatio), ['0.64', '23.48', '0.004', '–']);
});
