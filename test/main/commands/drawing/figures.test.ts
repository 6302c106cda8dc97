// Figures for people.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ageText,
  bytesText,
  counted,
  pace,
  rateText,
  shareText,
  tookText,
} from '../../../../src/main/commands/drawing/figures.js';

test('bytes and rates have the largest unit', () => {
  assert.deepEqual([0, 1, 999, 1500, 12_345_678].map(bytesText), ['0 B', '1 B', '999 B', '1.5 kB', '12.3 MB']);
  assert.deepEqual([rateText(2_000_000), rateText(0.4)], ['2 MB/s', '0 B/s']);
});

test('an age has the largest unit of which there are two', () => {
  const ages = [-5, 1999, 2000, 119_999, 120_000, 7_199_999, 7_200_000, 172_799_999, 172_800_000];
  assert.deepEqual(ages.map(ageText), ['0 ms', '1999 ms', '2 s', '119 s', '2 min', '119 min', '2 h', '47 h', '2 d']);
});

test('a time has as many digits as tell something', () => {
  const times = [0, 0.04, 0.05, 9.94, 87.4, 999.4, 1234].map(tookText);
  assert.deepEqual(times, ['0.0 ms', '<0.1 ms', '0.1 ms', '9.9 ms', '87 ms', '999 ms', '1.2 s']);
});

test('a share is never rounded to none or all', () => {
  assert.deepEqual([0, 0.001, 0.37, 0.999, 1, Number.NaN].map(shareText), [
    '0 %',
    '<1 %',
    '37 %',
    '>99 %',
    '100 %',
    '-',
  ]);
});

test('counts a second', () => {
  assert.deepEqual([0, 0.25, 9.96, 120.4].map(pace), ['0/s', '0.3/s', '10/s', '120/s']);
});

test('what is not known is a dash', () => {
  for (const text of [bytesText, rateText, ageText, tookText, shareText, pace]) assert.equal(text(undefined), '-');
});

test('a noun has its number', () => {
  assert.deepEqual(
    [counted(1, 'line'), counted(2, 'line'), counted(0, 'address', 'addresses')],
    ['1 line', '2 lines', '0 addresses'],
  );
});
