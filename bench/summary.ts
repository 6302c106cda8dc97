// From the measurements of all rounds to one row for each subject and load: medians, per unit of work. Pure.
import type { Percentiles } from './histogram.js';
import type { Measurement } from './trial.js';

const BYTES_PER_GB = 1e9;

/** KiB, for each connection unless it says otherwise. */
export interface Memory {
  /** All of the subject's before the connections. */
  readonly base: number;
  readonly pssEach: number;
  readonly rssEach: number;
  /** The kernel's for all ends, and what is left of it for the subject. */
  readonly kernelEach: number;
  readonly kernelShare: number;
  readonly unreclaimableShare: number;
  /** TCP's queues, of all ends. */
  readonly queuesEach: number;
}

export interface Row {
  readonly subject: string;
  readonly workers: number;
  readonly load: string;
  readonly rounds: number;
  /** Connections, round trips or GB a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly latency: Percentiles;
  /** Microseconds of the subject for each connection, round trip or GB. */
  readonly cpu: { readonly user: number; readonly system: number; readonly total: number };
  /** (Largest − smallest) ÷ median of the totals. */
  readonly spread: number;
  /** `cpu.total` in relation to the baseline's; undefined where it was not measured. */
  readonly ratio: number | undefined;
  /** Microseconds of the load generator for each unit. */
  readonly generator: number;
  /** TCP segments of the machine and context switches of the subject for each unit; NaN where they are not known. */
  readonly segments: number;
  readonly switches: number;
  /** KiB; only of the idle load. */
  readonly memory: Memory | undefined;
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Units of work that a measurement stands for. */
const unitsOf = ({ outcome }: Measurement): number =>
  outcome.bytes > 0 ? outcome.bytes / BYTES_PER_GB : outcome.verified;

function latencyOf(measurements: readonly Measurement[]): Percentiles {
  const of = (key: keyof Percentiles): number => median(measurements.map(({ outcome }) => outcome.latency[key]));
  return { p50: of('p50'), p90: of('p90'), p99: of('p99'), p999: of('p999'), max: of('max') };
}

function memoryOf(measurements: readonly Measurement[]): Memory | undefined {
  const each = measurements.flatMap(({ idle, outcome }): Memory[] => {
    if (idle === undefined) return [];
    const { pssBefore, pss, rssBefore, rss, kernel, kernelAlone } = idle;
    const of = (kib: number): number => kib / outcome.verified;
    return [
      {
        base: pssBefore,
        pssEach: of(pss - pssBefore),
        rssEach: of(rss - rssBefore),
        kernelEach: of(kernel.all),
        kernelShare: of(kernel.all - kernelAlone.all),
        unreclaimableShare: of(kernel.unreclaimable - kernelAlone.unreclaimable),
        queuesEach: of(kernel.queues),
      },
    ];
  });
  if (each.length === 0) return undefined;
  const middle = (key: keyof Memory): number => median(each.map((one) => one[key]));
  return {
    base: middle('base'),
    pssEach: middle('pssEach'),
    rssEach: middle('rssEach'),
    kernelEach: middle('kernelEach'),
    kernelShare: middle('kernelShare'),
    unreclaimableShare: middle('unreclaimableShare'),
    queuesEach: middle('queuesEach'),
  };
}

function rowOf(measurements: readonly Measurement[]): Row {
  const [{ subject, workers, load }] = measurements;
  const per = (cost: (measurement: Measurement) => number): number[] =>
    measurements.map((measurement) => cost(measurement) / unitsOf(measurement));
  const totals = per(({ cpu }) => cpu.user + cpu.system);
  const total = median(totals);
  return {
    subject,
    workers,
    load,
    rounds: measurements.length,
    rate: median(measurements.map((measurement) => (unitsOf(measurement) * 1000) / measurement.outcome.elapsed_ms)),
    latency: latencyOf(measurements),
    cpu: { user: median(per(({ cpu }) => cpu.user)), system: median(per(({ cpu }) => cpu.system)), total },
    spread: (Math.max(...totals) - Math.min(...totals)) / total,
    ratio: undefined,
    generator: median(per(({ outcome }) => outcome.cpu_us.user + outcome.cpu_us.system)),
    segments: median(per(({ counts }) => counts.segments)),
    switches: median(per(({ counts }) => counts.switches ?? Number.NaN).filter(Number.isFinite)),
    memory: memoryOf(measurements),
  };
}

/** Rows in the order in which their first measurement was made; those in which nothing was verified are left out. */
export function summarise(measurements: readonly Measurement[], baseline: string): Row[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    if (unitsOf(measurement) === 0) continue;
    const key = `${measurement.load} ${measurement.subject} ${measurement.workers}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [measurement]);
    else group.push(measurement);
  }
  const rows = [...groups.values()].map(rowOf);
  return rows.map((row) => {
    const base = rows.find(({ load, subject }) => load === row.load && subject === baseline);
    return { ...row, ratio: base === undefined ? undefined : row.cpu.total / base.cpu.total };
  });
}
