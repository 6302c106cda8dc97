import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from '../../../bench/results/measurements.js';
import { median } from '../../../bench/results/median.js';
import { summarise } from '../../../bench/results/summary.js';

const latency = { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 };

function measurement(subject: string, load: string, verified: number, cpu_us: number, bytes = 0): Measurement {
  return {
    subject,
    workers: 1,
    load,
    outcome: {
      verified,
      bytes,
      elapsed_ms: 1000,
      latency,
      curve: [],
      failures: {},
      cpu_us: { user: verified, system: verified },
    },
    cpu: { user: 0, system: cpu_us },
    counts: { segments: 20 * verified, switches: undefined },
  };
}

test('a median of an even number lies between the middle two', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

test('the cost of a unit is the median of the rounds, in relation to the baseline', () => {
  const rows = summarise(
    [
      measurement('mine', 'connect-ip', 100, 5000),
      measurement('theirs', 'connect-ip', 50, 5000),
      measurement('mine', 'connect-ip', 100, 7000),
      measurement('mine', 'connect-ip', 100, 90_000),
    ],
    'theirs',
  );
  assert.deepEqual(
    rows.map(({ subject, rounds, rate, cpu, ratio, generator }) => [
      subject,
      rounds,
      rate,
      cpu.total,
      ratio,
      generator,
    ]),
    [
      ['mine', 3, 100, 70, 0.7, 2],
      ['theirs', 1, 50, 100, 1, 2],
    ],
  );
});

test('segments and context switches are counted for each unit, by the rounds that know them', () => {
  const [one, other] = [measurement('mine', 'connect-ip', 100, 5000), measurement('mine', 'connect-ip', 50, 5000)];
  const [row] = summarise([one, { ...other, counts: { segments: 1200, switches: 25 } }], 'theirs');
  assert.equal(row.segments, 22);
  assert.equal(row.switches, 0.5);
});

test('bulk is counted in GB, not in streams', () => {
  const [row] = summarise([measurement('mine', 'bulk-4', 4, 1_000_000, 2e9)], 'theirs');
  assert.equal(row.rate, 2);
  assert.equal(row.cpu.total, 500_000);
  assert.equal(row.ratio, undefined);
});

test('a measurement in which nothing was verified gives no row', () => {
  assert.deepEqual(summarise([measurement('mine', 'connect-ip', 0, 5000)], 'mine'), []);
});

test('what each round had stands beside the medians, and curves go as far as all rounds do', () => {
  const [one, two] = [measurement('mine', 'ping-1', 100, 5000), measurement('mine', 'ping-1', 200, 6000)];
  const [row] = summarise(
    [
      { ...one, outcome: { ...one.outcome, curve: [1, 2, 9] } },
      { ...two, outcome: { ...two.outcome, curve: [3, 4] } },
    ],
    'theirs',
  );
  assert.deepEqual(row.curve, [2, 3]);
  assert.deepEqual(row.each, { rate: [100, 200], cpu: [50, 30], pss: [] });
  assert.equal(row.memory, undefined);
});

test('memory is told for each size of the crowd, and for each connection of the whole', () => {
  const held = (pss: number): Measurement => ({
    ...measurement('mine', 'idle', 100, 5000),
    idle: {
      pssBefore: 1000,
      pss,
      rssBefore: 1000,
      rss: 2 * pss,
      steps: [
        { connections: 50, pss: pss / 2, rss: 0 },
        { connections: 100, pss, rss: 0 },
      ],
      kernel: { all: pss, unreclaimable: 900, queues: 200 },
      kernelAlone: { all: 800, unreclaimable: 600, queues: 100 },
    },
  });
  const [{ memory, each }] = summarise([held(1200), held(1400)], 'theirs');
  assert.deepEqual(each.pss, [2, 4]);
  assert.deepEqual(memory, {
    base: 1000,
    pssEach: 3,
    rssEach: 16,
    kernelEach: 13,
    kernelShare: 5,
    unreclaimableShare: 3,
    queuesEach: 2,
    steps: [
      { connections: 50, pss: 650 },
      { connections: 100, pss: 1300 },
    ],
  });
});
