// Results as a run of the bench leaves them, made up.
import { FORMAT, type Results } from '../../../bench/results.js';
import { summarise } from '../../../bench/summary.js';
import type { Failure, Measurement } from '../../../bench/trial.js';

export interface Sample {
  readonly subjects?: readonly string[];
  readonly loads?: readonly string[];
  readonly rounds?: number;
  readonly failures?: readonly Failure[];
  readonly options?: Results['options'];
}

export const BASELINE = 'microsocks';
export const SUBJECTS = ['tcproute-uring', 'tcproute-epoll', BASELINE, 'haproxy', 'haproxy-splice'];
export const LOADS = ['connect-ip', 'ping-1', 'bulk-4', 'idle'];

/** `cost` is in microseconds a unit; 1000 units in a second. */
export function measurement(subject: string, load: string, cost: number): Measurement {
  const isBulk = load.startsWith('bulk');
  const latencies = { p50: cost / 100, p90: cost / 50, p99: cost / 20, p999: cost / 10, max: cost };
  return {
    subject,
    workers: subject === BASELINE ? 0 : 1,
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
    ...(load === 'idle' ? { idle: memory(cost) } : {}),
  };
}

/** A thousand connections of `cost` hundredths of a KiB each. */
function memory(cost: number) {
  const steps = [125, 250, 500, 1000].map((connections) => {
    const kib = 2048 + (connections * cost) / 100;
    return { connections, pss: kib, rss: kib };
  });
  const { pss, rss } = steps[3];
  return { pssBefore: 2048, pss, rssBefore: 2048, rss, steps };
}

/** The n-th subject costs n × 100 in the first round and a bit more in each one after. */
export function sample(asked: Sample = {}): Results {
  const { subjects = SUBJECTS, loads = LOADS, rounds = 3, failures = [], options = {} } = asked;
  const trials = Array.from({ length: rounds }, (_, round) =>
    subjects.map((subject, index) => ({
      measurements: loads
        .filter((load) => subject !== 'haproxy-splice' || load.startsWith('bulk'))
        .map((load) => measurement(subject, load, (index + 1) * 100 + round)),
      failures: [],
    })),
  ).flat();
  return {
    format: FORMAT,
    began: '2026-11-25T18:03:59.000Z',
    machine: { cores: 2, processor: 'Some Processor', kernel: '6.18.44-cloud', node: 'v20.20.2' },
    options: { quick: false, rounds, concurrency: 64, json: '/somewhere', ...options },
    subjects: subjects.map((name) => ({ name, version: '1.0', workers: name === BASELINE ? 0 : 1 })),
    loads: loads.map((name) => ({ name, title: `${name}: its title` })),
    summary: summarise(
      trials.flatMap(({ measurements }) => measurements),
      BASELINE,
    ),
    rounds: [...trials, { measurements: [], failures: [...failures] }],
  };
}
