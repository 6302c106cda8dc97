import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PEERS } from '../../../bench/peers/all.js';
import { allComparisons, isFor } from '../../../bench/plan/comparison.js';
import { parseOptions } from '../../../bench/plan/options.js';
import { summariseComparisons } from '../../../bench/results/comparison-rows.js';
import type { ComparisonMeasurement } from '../../../bench/results/measurements.js';
import { formatComparisons } from '../../../bench/tables/comparison-table.js';

/** `cpu`: µs for each of 100 connections. */
const side = (cpu: number, pss: number) => ({ verified: 100, cpu: { user: cpu * 25, system: cpu * 75 }, pss });

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
    each: { ratio: [2, 1.1, 1.5], with: [20, 110, 150], pss: [3072, 3072, 3072] },
  });
});

test('a side on which nothing was verified is no side', () => {
  const one = measurement(10, 20);
  assert.deepEqual(summariseComparisons([{ ...one, with: { ...one.with, verified: 0 } }]), []);
});

test('the table has the ratio beside what the gateway is to reach', () => {
  const [line] = allComparisons(parseOptions([]), 1);
  const [mine, ours] = [measurement(50, 70), { ...measurement(50, 70), subject: 'tcproute-epoll' }];
  const text = formatComparisons(summariseComparisons([mine, ours]), [line]);
  assert.match(text, /\nmine ×1 +70\.0 +50\.0 +1\.40 +- +1\.40 - 1\.40 +3\.0 +2\.0\n/);
  assert.match(text, /\ntcproute-epoll ×1 +70\.0 +50\.0 +1\.40 +≤ 1\.60 × without +1\.40 - 1\.40 +3\.0 +2\.0\n$/);
});

test('other programs are compared with themselves only where they need no other setting, and have the time', () => {
  const comparisons = allComparisons(parseOptions([]), 1);
  const names = (subject: string): string[] => {
    const peer = PEERS.find(({ name }) => name === subject);
    assert.ok(peer !== undefined);
    return comparisons.filter((one) => isFor(peer, one)).map(({ name }) => name);
  };
  assert.deepEqual(names('tcproute-epoll'), ['connect-line', 'growth-idle', 'growth-routes']);
  assert.deepEqual(names('haproxy'), ['growth-idle']);
  assert.deepEqual(names('haproxy-splice'), []);
  assert.deepEqual(names('dante'), []);
  const quick = allComparisons(parseOptions(['--quick']), 1);
  assert.equal(quick.filter(({ everyone }) => everyone).length, 0);
});
