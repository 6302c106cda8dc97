import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEERS } from '../../../bench/peers/all.js';
import { gatewayBefore } from '../../../bench/peers/gateway.js';
import { allComparisons, isFor } from '../../../bench/plan/comparison.js';
import { parseOptions } from '../../../bench/plan/options.js';
import { summariseComparisons } from '../../../bench/results/comparison-rows.js';
import type { ComparisonMeasurement } from '../../../bench/results/measurements.js';
import { PACKAGE_ROOT } from '../../../bench/shared/package-root.js';
import { formatComparisons } from '../../../bench/tables/comparison-table.js';

/** `cpu`: µs for each of 100 connections; p99 in ms is a 64th of it, so that ratios are exact. */
const side = (cpu: number, pss: number) => ({
  ...{ verified: 100, cpu: { user: cpu * 25, system: cpu * 75 }, pss },
  latency: { p50: 0.1, p99: cpu / 64 },
});

function measurement(without: number, other: number): ComparisonMeasurement {
  return {
    ...{ subject: 'mine', workers: 1, comparison: 'connect-line' },
    without: side(without, 2048),
    with: side(other, 3072),
  };
}

test('the ratio is the median of the rounds, and not the ratio of the medians', () => {
  const [row] = summariseComparisons([measurement(10, 20), measurement(100, 110), measurement(100, 150)]);
  assert.deepEqual(row, {
    ...{ subject: 'mine', workers: 1, comparison: 'connect-line', rounds: 3 },
    ...{ without: 100, with: 110, ratio: 1.5 },
    ...{ pss: 2048, pssGrowth: 1024 },
    p99: { without: 100 / 64, with: 110 / 64, ratio: 1.5 },
    each: { ratio: [2, 1.1, 1.5], with: [20, 110, 150], pss: [3072, 3072, 3072], p99: [2, 1.1, 1.5] },
    crowd: Number.NaN,
  });
});

test('latencies that are not known are none, and a crowd is told', () => {
  const { latency: _, ...mute } = side(10, 2048);
  const [row] = summariseComparisons([
    { ...measurement(10, 20), without: mute },
    { ...measurement(10, 30), crowd: 7000 },
    { ...measurement(10, 40), crowd: 9000 },
  ]);
  assert.deepEqual([row.each.p99, row.p99.ratio, row.ratio, row.crowd], [[3, 4], 3.5, 3, 8000]);
  const [none] = summariseComparisons([{ ...measurement(10, 20), without: mute }]);
  assert.deepEqual(none.p99, { without: Number.NaN, with: Number.NaN, ratio: Number.NaN });
});

test('a side on which nothing was verified is no side', () => {
  const one = measurement(10, 20);
  assert.deepEqual(summariseComparisons([{ ...one, with: { ...one.with, verified: 0 } }]), []);
});

test('the table has the ratio beside what the gateway is to reach', () => {
  const [line] = allComparisons(parseOptions([]), 1);
  const [mine, ours] = [measurement(50, 70), { ...measurement(50, 70), subject: 'tcproute-epoll' }];
  const text = formatComparisons(summariseComparisons([mine, ours]), [line]);
  const rest = '1\\.40 - 1\\.40 +1\\.400 - 1\\.400 +1 +1\\.09 +0\\.78 +1\\.40 +1\\.40 - 1\\.40 +3\\.0 +2\\.0 +-\\n';
  assert.match(text, new RegExp(`\\nmine ×1 +70\\.0 +50\\.0 +1\\.400 +- +${rest}`));
  assert.match(text, new RegExp(`\\ntcproute-epoll ×1 +70\\.0 +50\\.0 +1\\.400 +≤ 1\\.60 × without +${rest}$`));
});

test('an aim for another figure than CPU time names it, and what an earlier version did not measure is left out', () => {
  const { latency: _, ...mute } = side(50, 2048);
  const ours = { ...measurement(50, 70), subject: 'tcproute-epoll', comparison: 'access-slow', without: mute };
  const [title] = allComparisons(parseOptions([]), 1).filter(({ name }) => name === 'access-slow');
  const text = formatComparisons(summariseComparisons([{ ...ours, crowd: 8000 }]), [title]);
  assert.match(text, / p99 ≤ 2\.00 × without .* 1 +- +- +- +- +3\.0 +2\.0 +8000\n$/);
});

test('other programs are compared with themselves only where they need no other setting, and have the time', () => {
  const comparisons = allComparisons(parseOptions([]), 1);
  const names = (subject: string): string[] => {
    const peer = PEERS.find(({ name }) => name === subject);
    assert.ok(peer !== undefined);
    return comparisons.filter((one) => isFor(peer, one)).map(({ name }) => name);
  };
  const access = ['access-users', 'access-http', 'access-guarded', 'access-slow'];
  assert.deepEqual(names('tcproute-epoll'), ['connect-line', ...access, 'growth-idle', 'growth-routes']);
  assert.deepEqual(names('haproxy'), ['growth-idle']);
  assert.deepEqual(names('haproxy-splice'), []);
  assert.deepEqual(names('dante'), []);
  const quick = allComparisons(parseOptions(['--quick']), 1);
  assert.equal(quick.filter(({ who }) => who === 'everyone').length, 0);
});

test('an earlier version is not asked for what it may not know', () => {
  const [before] = gatewayBefore(PACKAGE_ROOT);
  const names = allComparisons(parseOptions([]), 1).flatMap((one) => (isFor(before, one) ? [one.name] : []));
  assert.deepEqual(names, ['connect-line', 'growth-idle', 'growth-routes']);
});
