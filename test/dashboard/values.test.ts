import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from '../../dashboard/plot/quantile.js';
import { Series } from '../../dashboard/plot/series.js';
import { age, bytes, duration, perSecond, share, whole } from '../../dashboard/values/format.js';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

test('numbers have three digits and a unit', () => {
  const shown = [0, 999, 1000, 1024, 10_240, 1_048_576, 5.5e9].map((count) => plain(bytes(count)));
  assert.deepEqual(shown, ['0 B', '999 B', '1.00 kB', '1.02 kB', '10.2 kB', '1.05 MB', '5.50 GB']);
  assert.deepEqual(
    [0, 999, 1000, 1_234_567].map((count) => plain(whole(count))),
    ['0', '999', '1 000', '1 234 567'],
  );
  assert.deepEqual([0, 0.24, 9.94, 10.4].map(perSecond), ['0.0', '0.2', '9.9', '10']);
  const times = [0, 0.04, 0.44, 9.94, 12.3, 999.4, 1000, 59_900, 61_000, 3_600_000, 200_000_000].map((ms) =>
    plain(duration(ms)),
  );
  assert.deepEqual(times, [
    '0 ms',
    '<0.1 ms',
    '0.4 ms',
    '9.9 ms',
    '12 ms',
    '999 ms',
    '1.00 s',
    '59.9 s',
    '1 min 1 s',
    '1 h 0 min',
    '2 d 7 h',
  ]);
});

test('ages have one unit', () => {
  assert.deepEqual(
    [400, 4400, 61_000, 150_000, 7_200_000, 200_000_000].map((ms) => plain(age(ms))),
    ['0 s', '4 s', '61 s', '2 min', '2 h', '2 d'],
  );
});

test('a part that is not all is never called all, and of nothing there is no part', () => {
  const shown = [share(0, 0), share(0, 9), share(9, 9), share(1, 300), share(1, 3), share(9999, 10_000)].map(plain);
  assert.deepEqual(shown, ['–', '0 %', '100 %', '0.3 %', '33 %', '>99 %']);
});

test('quantiles are within their bucket; of the last one its lower bound is known', () => {
  const buckets = [
    { le_ms: 10, count: 50 },
    { le_ms: 20, count: 40 },
    { le_ms: null, count: 10 },
  ];
  assert.equal(quantile(buckets, 0.5), 10);
  assert.equal(quantile(buckets, 0.7), 15);
  assert.equal(quantile(buckets, 0.95), 20);
  assert.ok(Number.isNaN(quantile([{ le_ms: 10, count: 0 }], 0.5)));
});

test('a series keeps five minutes, shows gaps, and does not go back', () => {
  const series = new Series();
  const add = (s: number): void =>
    series.add({
      at: new Date(s * 1000).toISOString(),
      bytes_down_per_s: s,
      bytes_up_per_s: 0,
      live: 1,
      opened_per_s: 0,
    });
  for (let s = 1000; s < 1400; s += 1) add(s);
  assert.equal(series.at.length, 300);
  assert.equal(series.at[0], 1100);
  add(1399);
  add(1300);
  assert.equal(series.at.at(-1), 1399);
  add(1500);
  assert.deepEqual(series.down.slice(-3), [1399, null, 1500]);
  assert.deepEqual(
    [series.at, series.up, series.live, series.opened].map(({ length }) => length),
    [300, 300, 300, 300],
  );
});
