import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictsOf } from '../../../bench/report/verdicts.js';
import type { Target } from '../../../bench/targets.js';
import { TARGETS } from '../../../bench/targets.js';
import { sample } from './sample.js';

// The n-th subject costs n × 100 and a bit: 101, 201, 301 (microsocks), 401 (haproxy), 501 (haproxy-splice).
const rows = (asked: Parameters<typeof sample>[0] = {}) => sample(asked).summary;
const target = (change: Partial<Target>): Target => ({
  loads: ['connect-ip'],
  subjects: ['tcproute-uring'],
  figure: 'cpu',
  bound: 'at most',
  limit: 0.4,
  of: { subject: 'microsocks' },
  ...change,
});
const told = (targets: readonly Target[], some = rows()) =>
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
    ['idle', 'tcproute-uring', 'memory each ≤ 0.50 KiB', '1.01 KiB', false],
  ]);
});

test('a target whose load, subject or reference was not measured is left out', () => {
  assert.deepEqual(told([target({ loads: ['connect-line'] })]), []);
  assert.deepEqual(told([target({ subjects: ['gost'] })]), []);
  assert.deepEqual(told([target({ of: { subject: 'dante' } })]), []);
  assert.deepEqual(told([target({ of: { load: 'connect-line' } })]), []);
  assert.deepEqual(told([target({ figure: 'memory' })]), []);
});

test('subjects with several numbers of workers are compared with as many', () => {
  const [mine, , , theirs] = rows({ loads: ['connect-ip'] });
  const cpu = (total: number) => ({ user: 0, system: total, total });
  const some = [mine, theirs, { ...mine, workers: 2, cpu: cpu(100) }, { ...theirs, workers: 2, cpu: cpu(50) }];
  assert.deepEqual(
    told([target({ of: { subject: 'haproxy' }, limit: 1 })], some).map(([, , , measured, holds]) => [measured, holds]),
    [
      ['0.25 ×', true],
      ['2.00 ×', false],
    ],
  );
});

test('each target has a limit above 0 of a reference or of a unit', () => {
  for (const { loads, subjects, limit, of, unit } of TARGETS) {
    assert.ok(loads.length > 0 && subjects.length > 0 && limit > 0);
    assert.ok((of === undefined) !== (unit === undefined), 'a reference, or a unit');
  }
  assert.ok(verdictsOf(rows(), TARGETS).length > 5);
});
