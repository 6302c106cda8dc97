import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Measured, measurementOf } from '../../../bench/udp/measure.js';
import { parseOptions } from '../../../bench/udp/options.js';
import { CELLS } from '../../../bench/udp/plan.js';
import { brokenIn, formatRows, HEADINGS } from '../../../bench/udp/table.js';

const outcome = {
  ...{ sent: 1000, answered: 990, unsent: 0, dropped: 4, wrong: 0, elapsed_ms: 500, cpu_us: 0 },
  latency: { p50: 0.1, p90: 0.2, p99: 0.5, p999: 1, max: 2 },
};

test('what the generator or the far end lost is no loss of the subject', () => {
  const { rate, loss, user, system } = measurementOf(outcome, { user: 1980, system: 3960 }, 5);
  assert.deepEqual([rate, loss, user, system], [1980, 0.001, 1, 2]);
  assert.equal(measurementOf(outcome, { user: 0, system: 0 }, 7).loss, 0);
});

test('a row has medians, or why there are none', () => {
  const one = (cpu: number): Measured => {
    const measurement = measurementOf(outcome, { user: cpu, system: cpu }, 6);
    return { top: measurement, half: measurement };
  };
  const { rows, title } = formatRows(CELLS[1], [
    { subject: 'some', rounds: [one(1980), one(3960), one(19_800)] },
    { subject: 'other', rounds: ['association 1: REP 7'] },
  ]);
  assert.equal(title, 'datagrams of 64 B: 1 association, 1000 destinations');
  assert.deepEqual(rows[0], ['some', '1980', '0', '4.00', '2.00', '2.00', '1980', '0', '4.00', '0.10', '0.50']);
  assert.deepEqual(rows[1].slice(0, 3), ['other', 'association 1: REP 7', '-']);
  assert.equal(rows[1].length, HEADINGS.length);
});

test('only the gateway promises something: no loss in the median, and no datagram from elsewhere in any round', () => {
  const lossy = measurementOf(outcome, { user: 1, system: 1 }, 0);
  const whole = measurementOf(outcome, { user: 1, system: 1 }, 6);
  const strange = measurementOf({ ...outcome, wrong: 3 }, { user: 1, system: 1 }, 6);
  const round = (half: Measured['half']): Measured => ({ top: lossy, half });
  const broken = (...rounds: (Measured | string)[]): string[] =>
    brokenIn(
      CELLS[0],
      [
        { subject: 'ours', rounds },
        { subject: 'other', rounds: [round(lossy)] },
      ],
      ['ours'],
    );
  assert.deepEqual(broken(round(whole), round(lossy), round(whole)), []);
  assert.deepEqual(broken(round(lossy), round(lossy), round(whole)), [
    '64-1x1, ours: 0.60 % of the datagrams were lost',
  ]);
  assert.deepEqual(broken(round(whole), round(strange), 'ended'), [
    '64-1x1, ours: ended',
    '64-1x1, ours: 3 datagrams came from nowhere',
  ]);
});

test('options choose cells and subjects', () => {
  const { cells, subjects, rounds } = parseOptions(['--cells', '1200-1x1,64-1x1', '--subjects', 'dante', '--quick']);
  assert.deepEqual(
    cells.map(({ name }) => name),
    ['64-1x1', '1200-1x1'],
  );
  assert.deepEqual([subjects, rounds], [['dante'], 1]);
  assert.throws(() => parseOptions(['--cells', '65-1x1']), /there are 64-1x1, /);
  assert.throws(() => parseOptions(['--subjects', 'microsocks']), /there are tcproute-uring, /);
  assert.throws(() => parseOptions(['--window', '0']), /--window 0/);
});
