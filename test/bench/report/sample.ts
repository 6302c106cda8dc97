// Results as a run of the bench leaves them, made up.
import { type Measured, summaryOf } from '../../../bench/results/measured.js';
import type {
  BaseResult,
  ComparisonMeasurement,
  Failure,
  Measurement,
  SyscallsResult,
} from '../../../bench/results/measurements.js';
import { FORMAT, type Results } from '../../../bench/results/results.js';
import { NODE_TIMER } from '../../../bench/results/targets.js';

export interface Sample {
  readonly subjects?: readonly string[];
  readonly loads?: readonly string[];
  readonly comparisons?: readonly string[];
  readonly rounds?: number;
  readonly failures?: readonly Failure[];
  readonly options?: Results['options'];
  readonly base?: BaseResult;
  readonly syscalls?: SyscallsResult;
}

export const BASELINE = 'microsocks';
export const SUBJECTS = ['tcproute-uring', 'tcproute-epoll', BASELINE, 'haproxy', 'haproxy-splice'];
export const LOADS = ['connect-ip', 'ping-1', 'bulk-4', 'idle'];

const workersOf = (subject: string): number => (subject === BASELINE ? 0 : 1);

/** `cost` is in microseconds a unit; 1000 units in a second. */
export function measurement(subject: string, load: string, cost: number): Measurement {
  const isBulk = load.startsWith('bulk');
  const latencies = { p50: cost / 100, p90: cost / 50, p99: cost / 20, p999: cost / 10, max: cost };
  return {
    subject,
    workers: workersOf(subject),
    load,
    outcome: {
      verified: 1000,
      bytes: isBulk ? 1e12 : 0,
      elapsed_ms: 1000,
      latency: isBulk ? { p50: 0, p90: 0, p99: 0, p999: 0, max: 0 } : latencies,
      curve: isBulk ? [] : Array.from({ length: 31 }, (_, step) => (cost / 100) * 1.1 ** step),
      failures: {},
      cpu_us: { user: 100, system: 100 },
    },
    cpu: { user: cost * 250, system: cost * 750 },
    // Threads of the baseline take their counts with them.
    counts: { segments: 12_500, switches: subject === BASELINE ? undefined : 500 },
    ...(load === 'idle' ? { idle: memory(cost) } : {}),
  };
}

/** A thousand connections of `cost` hundredths of a KiB each, and 4 KiB of the kernel's, 3 of which are the subject's. */
function memory(cost: number) {
  const steps = [125, 250, 500, 1000].map((connections) => {
    const kib = 2048 + (connections * cost) / 100;
    return { connections, pss: kib, rss: kib };
  });
  const { pss, rss } = steps[3];
  const kernel = { all: 4000, unreclaimable: 3000, queues: 0 };
  const kernelAlone = { all: 1000, unreclaimable: 1000, queues: 0 };
  return { pssBefore: 2048, pss, rssBefore: 2048, rss, steps, kernel, kernelAlone };
}

/** 100 µs a connection without, `cost` with; p99 is a hundredth of it in ms; 2 MiB without, 3 with. */
function comparison(subject: string, name: string, cost: number): ComparisonMeasurement {
  const side = (us: number, pss: number) => ({
    ...{ verified: 100, cpu: { user: us * 25, system: us * 75 }, pss },
    latency: { p50: 0.1, p99: us / 100 },
  });
  return {
    ...{ subject, workers: workersOf(subject), comparison: name },
    without: side(100, 2048),
    with: side(cost, 3072),
  };
}

/** The gateway, beside a program that is small and has not been at rest, and a timer. */
export const BASE_SAMPLE: BaseResult = {
  extent: { starts: 2, calm_s: 5, settle_s: 0 },
  measurements: [
    {
      ...{ subject: SUBJECTS[0], workers: 2, calm_percent: 1.5, calm_wakes: 8 },
      starts: [200, 400].map((ms) => ({ accepts_ms: ms, carries_ms: ms + 10, pss: 71 * 1024, rss: 120 * 1024 })),
    },
    {
      ...{ subject: BASELINE, workers: 0, calm_percent: undefined, calm_wakes: undefined },
      starts: [{ accepts_ms: 2, carries_ms: 3, pss: 300, rss: 900 }],
    },
    { subject: NODE_TIMER, workers: 0, starts: [], calm_percent: 0.5, calm_wakes: 2 },
  ],
  failures: [],
};

export const SYSCALLS_SAMPLE: SyscallsResult = {
  concurrency: 64,
  measurements: [{ ...{ subject: SUBJECTS[0], workers: 1, connections: 100 }, calls: { close: 200, sendto: 400 } }],
  failures: [],
  refusal: undefined,
};

/** The n-th subject costs n × 100 in the first round and a bit more in each one after; in a comparison, n + 100. */
export function sample(asked: Sample = {}): Results {
  const { subjects = SUBJECTS, loads = LOADS, comparisons = [], rounds = 3, failures = [], options = {} } = asked;
  const each = Array.from({ length: rounds }, (_, round) =>
    subjects.map((subject, index) => ({ subject, index, round })),
  );
  const trials = each.flat().map(({ subject, index, round }) => ({
    measurements: loads
      .filter((load) => subject !== 'haproxy-splice' || load.startsWith('bulk'))
      .map((load) => measurement(subject, load, (index + 1) * 100 + round)),
    failures: [],
  }));
  const measured: Measured = {
    trials: [...trials, { measurements: [], failures: [...failures] }],
    comparisons: each
      .flat()
      .flatMap(({ subject, index }) =>
        comparisons.map((name) => ({ measurement: comparison(subject, name, 101 + index), failures: [] })),
      ),
    base: asked.base,
    syscalls: asked.syscalls,
  };
  return {
    format: FORMAT,
    began: '2026-11-25T18:03:59.000Z',
    machine: { cores: 2, processor: 'Some Processor', kernel: '6.18.44-cloud', node: 'v20.20.2' },
    options: { quick: false, rounds, concurrency: 64, json: '/somewhere', ...options },
    subjects: subjects.map((name) => ({ name, version: '1.0', workers: workersOf(name) })),
    loads: loads.map((name) => ({ name, title: `${name}: its title` })),
    comparisons: comparisons.map((name) => ({ name, title: `${name}: its title` })),
    summary: summaryOf(measured, BASELINE),
    measured,
  };
}
