import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BASE } from '../../../../bench/plan/load-names.js';
import { parseOptions } from '../../../../bench/plan/options.js';
import { makePlan } from '../../../../bench/plan/plan.js';
import { verdictsOf } from '../../../../bench/report/figures/verdicts.js';
import { TARGETS, type Target } from '../../../../bench/results/targets.js';
import { BASE_SAMPLE, sample } from '../sample.js';

// The n-th subject costs n × 100 and a bit: 101, 201, 301 (microsocks), 401 (haproxy), 501 (haproxy-splice).
const summary = (asked: Parameters<typeof sample>[0] = {}) => sample(asked).summary;
const target = (change: Partial<Target>): Target => ({
  loads: ['connect-ip'],
  subjects: ['tcproute-uring'],
  figure: 'cpu',
  bound: 'at most',
  limit: 0.4,
  of: { subject: 'microsocks' },
  ...change,
});
const told = (targets: readonly Target[], some = summary()) =>
  verdictsOf(some, targets).map(({ load, row, wanted, measured, holds }) => [
    load,
    row.subject,
    wanted,
    measured,
    holds,
  ]);

test('a ratio is judged against its limit, from either side', () => {
  assert.deepEqual(
    told([target({}), target({ limit: 0.3 }), target({ figure: 'rate', bound: 'at least', limit: 0.95 })]),
    [
      ['connect-ip', 'tcproute-uring', 'CPU ≤ 0.40 × microsocks', '0.34 ×', true],
      ['connect-ip', 'tcproute-uring', 'CPU ≤ 0.30 × microsocks', '0.34 ×', false],
      ['connect-ip', 'tcproute-uring', 'rate ≥ 0.95 × microsocks', '1.00 ×', true],
    ],
  );
});

test('another load of the same subject can be the reference, and an absolute figure the limit', () => {
  const { of: _, ...absolute } = target({ loads: ['idle'], figure: 'memory', limit: 0.5, unit: 'KiB' });
  assert.deepEqual(told([target({ loads: ['ping-1'], of: { load: 'connect-ip' }, limit: 1 }), absolute]), [
    ['ping-1', 'tcproute-uring', 'CPU ≤ 1.00 × connect-ip', '1.00 ×', true],
    ['idle', 'tcproute-uring', 'memory each ≤ 0.5 KiB', '1.01 KiB', false],
  ]);
});

test('the reference can be the sum of two loads', () => {
  const of = { subject: 'haproxy', load: 'connect-ip', plus: 'ping-1' };
  assert.deepEqual(told([target({ of, limit: 0.2 })]), [
    ['connect-ip', 'tcproute-uring', 'CPU ≤ 0.20 × (haproxy connect-ip + ping-1)', '0.13 ×', true],
  ]);
  assert.deepEqual(told([target({ of: { ...of, plus: 'ping-64' } })]), []);
});

test('a target whose load, subject or reference was not measured is left out', () => {
  assert.deepEqual(told([target({ loads: ['connect-line'] })]), []);
  assert.deepEqual(told([target({ subjects: ['gost'] })]), []);
  assert.deepEqual(told([target({ of: { subject: 'dante' } })]), []);
  assert.deepEqual(told([target({ of: { load: 'connect-line' } })]), []);
  assert.deepEqual(told([target({ figure: 'memory' })]), []);
});

test('subjects with several numbers of workers are compared with as many', () => {
  const all = summary({ loads: ['connect-ip'] });
  const [mine, , , theirs] = all.loads;
  const cpu = (total: number) => ({ user: 0, system: total, total });
  const twice = [
    { ...mine, workers: 2, cpu: cpu(100) },
    { ...theirs, workers: 2, cpu: cpu(50) },
  ];
  const some = { ...all, loads: [mine, theirs, ...twice] };
  assert.deepEqual(
    told([target({ of: { subject: 'haproxy' }, limit: 1 })], some).map(([, , , measured, holds]) => [measured, holds]),
    [
      ['0.25 ×', true],
      ['2.00 ×', false],
    ],
  );
});

test('a comparison is judged by the ratio of its rounds, for the subjects of the target only', () => {
  const compared = summary({ comparisons: ['growth-idle'] });
  const limits = (limit: number) => target({ loads: ['growth-idle'], of: 'without', limit });
  assert.deepEqual(told([limits(1.1), limits(1)], compared), [
    ['growth-idle', 'tcproute-uring', 'CPU ≤ 1.10 × without', '1.01 ×', true],
    ['growth-idle', 'tcproute-uring', 'CPU ≤ 1.00 × without', '1.01 ×', false],
  ]);
  assert.deepEqual(told([target({ of: 'without' })]), []);
});

test('a comparison of latencies is judged by the ratio of its rounds too', () => {
  const compared = summary({ comparisons: ['access-slow'] });
  assert.deepEqual(told([target({ loads: ['access-slow'], figure: 'p99', of: 'without', limit: 2 })], compared), [
    ['access-slow', 'tcproute-uring', 'p99 ≤ 2.00 × without', '1.01 ×', true],
  ]);
  assert.deepEqual(told([target({ loads: ['access-slow'], figure: 'rate', of: 'without' })], compared), []);
});

test('what is to hold of lines, growth and the base section is judged where it was measured', () => {
  const all = summary({ loads: [], comparisons: ['connect-line', 'growth-idle', 'growth-routes'], base: BASE_SAMPLE });
  const verdicts = told(TARGETS, all).filter(([, subject]) => subject === 'tcproute-uring');
  assert.deepEqual(
    verdicts.map(([load, , wanted, measured, holds]) => [load, wanted, measured, holds]),
    [
      ['connect-line', 'CPU ≤ 1.60 × without', '1.01 ×', true],
      ['growth-idle', 'CPU ≤ 1.10 × without', '1.01 ×', true],
      ['growth-routes', 'CPU ≤ 1.10 × without', '1.01 ×', true],
      ['base', 'accepts after ≤ 400 ms', '300 ms', true],
      ['base', 'memory ≤ 120 MiB', '71.0 MiB', true],
      ['base', 'CPU at rest ≤ 1.50 × node-timer', '3.00 ×', false],
      ['base', 'wakes at rest ≤ 2 a second', '8.00 a second', false],
    ],
  );
});

test('each target is of a load, comparison or section that there is', () => {
  const { loads, comparisons } = makePlan(parseOptions([]));
  const names = [...[...loads, ...comparisons].map(({ name }) => name), BASE];
  for (const { loads: some } of TARGETS) for (const load of some) assert.ok(names.includes(load), load);
});

test('each target has a limit above 0 of a reference or of a unit', () => {
  for (const { loads, subjects, limit, of, unit } of TARGETS) {
    assert.ok(loads.length > 0 && subjects.length > 0 && limit > 0);
    assert.ok((of === undefined) !== (unit === undefined), 'a reference, or a unit');
  }
  assert.ok(verdictsOf(summary(), TARGETS).length > 5);
});
