import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../../bench/plan/options.js';
import { makePlan } from '../../../bench/plan/plan.js';
import type { Measurement } from '../../../bench/results/measurements.js';
import { summarise } from '../../../bench/results/summary.js';
import { formatBefore, pairsOf } from '../../../bench/tables/before-table.js';

const LATENCY = { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 };

/** 100 connections of `cpu` µs each. */
const measurement = (subject: string, cpu: number, load = 'connect-ip'): Measurement => ({
  ...{ subject, workers: 1, load },
  outcome: {
    ...{ verified: 100, bytes: 0, elapsed_ms: 1000, latency: LATENCY, curve: [], failures: {} },
    cpu_us: { user: 1, system: 1 },
  },
  cpu: { user: 0, system: cpu * 100 },
  counts: { segments: 1, switches: undefined },
});

const connect = { name: 'connect-ip', title: 'connect' };

test('the ratio is the median of the rounds, each beside the other version in the same round', () => {
  const rows = summarise(
    [
      ...[measurement('before-uring', 10), measurement('tcproute-uring', 20)],
      ...[measurement('before-uring', 100), measurement('tcproute-uring', 110)],
      ...[measurement('before-uring', 100), measurement('tcproute-uring', 150)],
    ],
    'microsocks',
  );
  const [pair, ...others] = pairsOf(rows);
  assert.deepEqual(pair.ratios, [2, 1.1, 1.5]);
  assert.deepEqual(others, []);
  assert.match(formatBefore(rows, [connect]), /\ntcproute-uring ×1 +connect-ip +1\.500 +1\.10 - 2\.00 +3 +-\n$/);
});

test('engines are not mixed, and a side that lacks a round has no pair', () => {
  const [before, now] = [measurement('before-epoll', 10), measurement('tcproute-uring', 20)];
  assert.equal(formatBefore(summarise([before, now], 'microsocks'), [connect]), '');
  const twice = [measurement('before-uring', 10), measurement('before-uring', 10), now];
  assert.deepEqual(pairsOf(summarise(twice, 'microsocks')), []);
});

test('the other version runs right before the same engine of this one', () => {
  const argv = ['--before', '.', '--subjects', 'tcproute'];
  const names = makePlan(parseOptions(argv)).entrants.map(({ peer }) => peer.name);
  assert.deepEqual(names, ['before-uring', 'tcproute-uring', 'before-epoll', 'tcproute-epoll']);
  const one = makePlan(parseOptions(['--before', '.', '--subjects', 'tcproute-epoll,microsocks'])).entrants;
  assert.deepEqual(
    one.map(({ peer }) => peer.name).filter((name) => name !== 'microsocks'),
    ['before-epoll', 'tcproute-epoll'],
  );
});

test('a directory without a built gateway is named', () => {
  assert.throws(() => makePlan(parseOptions(['--before', '/nowhere'])), {
    message: '--before /nowhere: there is no bin/tcproute.js; is it built?',
  });
});
