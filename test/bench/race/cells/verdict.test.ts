import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from '../../../../bench/race/cells/cell.js';
import { type Sample, sampleOf } from '../../../../bench/race/cells/sample.js';
import { judge } from '../../../../bench/race/cells/verdict.js';
import { atRate } from '../../../../bench/race/requests/pace.js';
import { until } from '../../../helpers/until.js';

const ok = (ms: number) => ({ ms, failure: undefined });

test('a sample tells percentiles of what succeeded, and counts the rest by cause', () => {
  const visits = [...Array.from({ length: 100 }, (_, i) => ok(100 - i)), { ms: 5000, failure: 'REP 4' }];
  const sample = sampleOf(visits);
  assert.deepEqual([sample.p50, sample.p95, sample.p99, sample.max], [50, 95, 99, 100]);
  assert.deepEqual([sample.n, sample.succeeded, sample.failures], [101, 100, { 'REP 4': 1 }]);
  assert.deepEqual([sample.mean, sample.deviation], [50.5, 25]);
  assert.ok(Number.isNaN(sampleOf([]).p99));
});

const sample = (p99: number, n = 500, succeeded = n): Sample => ({
  ...{ n, succeeded, failures: {}, p50: 10, p95: 20, p99, max: p99, mean: 12, deviation: 3 },
});

const cell = (more: Partial<Cell>): Cell => ({
  ...{ subject: 's', topology: 't', ways: 3, bad: 1, fault: 'silent', state: 'first', speech: 'hello' },
  ...{ struck: undefined, sample: sample(100), dials: 1 },
  ...more,
});

const reference = { clean: sample(40), good_ms: 30 };

test('a fault may cost the patience with the bad line, twice the good one, and 100 ms', () => {
  const allowed = (more: Partial<Cell>) => judge(cell(more), reference).allowed_ms;
  assert.equal(allowed({ state: 'first' }), 150 + 60 + 100);
  assert.equal(allowed({ state: 'remembered' }), 60 + 100);
  assert.equal(allowed({ state: 'died' }), 12 + 4 * 3 + 30 + 60 + 100);
  assert.equal(allowed({ state: 'first', bad: 2 }), 300 + 60 + 100);
  assert.equal(allowed({ fault: undefined }), undefined);
});

test('late is what exceeds it at p99, and what has no p99 at all', () => {
  const late = (p99: number) => judge(cell({ sample: sample(p99) }), reference).late;
  assert.deepEqual([late(350), late(351), late(Number.NaN)], [false, true, true]);
});

test('one failed request fails a cell, but for what another protocol cannot have promised', () => {
  const fails = (more: Partial<Cell>) => judge(cell({ sample: sample(40, 500, 499), ...more }), undefined).fails;
  assert.equal(fails({}), true);
  assert.equal(fails({ fault: undefined }), true);
  assert.equal(fails({ speech: 'other', fault: 'refused' }), true);
  assert.equal(fails({ speech: 'other', fault: 'silent' }), false);
  assert.equal(fails({ sample: sample(40) }), false);
});

test('requests that stall hold up the others only when there are too many of them', async () => {
  const release: (() => void)[] = [];
  const outcomes = atRate(300, 1e9, (index) => new Promise<number>((resolve) => release.push(() => resolve(index))));
  assert.equal(release.length, 256);
  release.shift()?.();
  await until('the next one is under way', () => release.length === 256);
  for (const settle of release.splice(0)) settle();
  await until('the rest is', () => release.length === 43);
  for (const settle of release.splice(0)) settle();
  assert.deepEqual(
    await outcomes,
    Array.from({ length: 300 }, (_, index) => index),
  );
});
