// Reduces the measurements of all rounds to one row for each subject and load: medians per unit of work. Pure.
import type { Percentiles } from '../shared/histogram.js';
import { groupsOf } from './groups.js';
import type { Measurement } from './measurements.js';
import { median } from './median.js';

const BYTES_PER_GB = 1e9;

/** In KiB; for each connection, except `base` and `steps`. */
export interface RowMemory {
  /** The subject's whole memory before the connections. */
  readonly base: number;
  readonly pssEach: number;
  readonly rssEach: number;
  /** Kernel memory of all ends, and the subject's share: what exceeds the same connections without a subject. */
  readonly kernelEach: number;
  readonly kernelShare: number;
  readonly unreclaimableShare: number;
  /** Memory of TCP's queues, of all ends. */
  readonly queuesEach: number;
  /** The subject's whole memory at each size of the crowd. */
  readonly steps: readonly { readonly connections: number; readonly pss: number }[];
}

export interface Row {
  readonly subject: string;
  readonly workers: number;
  readonly load: string;
  readonly rounds: number;
  /** Connections, round trips or GB a second. */
  readonly rate: number;
  /** In milliseconds. */
  readonly latency: Percentiles;
  /** Milliseconds at every tenth of a nine, as far as every round has values. */
  readonly curve: readonly number[];
  /** CPU time of the subject for each connection, round trip or GB, in µs. */
  readonly cpu: { readonly user: number; readonly system: number; readonly total: number };
  /** (Largest − smallest) ÷ median of the totals. */
  readonly spread: number;
  /** `cpu.total` ÷ the baseline's; undefined where the baseline was not measured. */
  readonly ratio: number | undefined;
  /** CPU time of the load generator for each unit, in µs. */
  readonly generator: number;
  /** TCP segments of the machine and context switches of the subject for each unit; NaN where they are not known. */
  readonly segments: number;
  readonly switches: number;
  /** The values of each round, of which the row has the medians. */
  readonly each: { readonly rate: readonly number[]; readonly cpu: readonly number[]; readonly pss: readonly number[] };
  /** In the idle load only. */
  readonly memory: RowMemory | undefined;
}

/** The units of work in a measurement: GB, or connections or round trips. */
const unitsOf = ({ outcome }: Measurement): number =>
  outcome.bytes > 0 ? outcome.bytes / BYTES_PER_GB : outcome.verified;

function latencyOf(measurements: readonly Measurement[]): Percentiles {
  const of = (key: keyof Percentiles): number => median(measurements.map(({ outcome }) => outcome.latency[key]));
  return { p50: of('p50'), p90: of('p90'), p99: of('p99'), p999: of('p999'), max: of('max') };
}

function curveOf(measurements: readonly Measurement[]): number[] {
  const curves = measurements.map(({ outcome }) => outcome.curve);
  const length = Math.min(...curves.map((curve) => curve.length));
  return Array.from({ length }, (_, step) => median(curves.map((curve) => curve[step])));
}

const pssEachOf = (measurements: readonly Measurement[]): number[] =>
  measurements.flatMap(({ idle, outcome }) =>
    idle === undefined ? [] : [(idle.pss - idle.pssBefore) / outcome.verified],
  );

function memoryOf(measurements: readonly Measurement[]): RowMemory | undefined {
  const crowds = measurements.flatMap(({ idle, outcome }) => (idle === undefined ? [] : [{ ...idle, outcome }]));
  if (crowds.length === 0) return undefined;
  const each = (of: (crowd: (typeof crowds)[number]) => number): number =>
    median(crowds.map((crowd) => of(crowd) / crowd.outcome.verified));
  return {
    base: median(crowds.map(({ pssBefore }) => pssBefore)),
    pssEach: median(pssEachOf(measurements)),
    rssEach: each(({ rss, rssBefore }) => rss - rssBefore),
    kernelEach: each(({ kernel }) => kernel.all),
    kernelShare: each(({ kernel, kernelAlone }) => kernel.all - kernelAlone.all),
    unreclaimableShare: each(({ kernel, kernelAlone }) => kernel.unreclaimable - kernelAlone.unreclaimable),
    queuesEach: each(({ kernel }) => kernel.queues),
    steps: crowds[0].steps.map(({ connections }, step) => ({
      connections,
      pss: median(crowds.flatMap(({ steps }) => (step < steps.length ? [steps[step].pss] : []))),
    })),
  };
}

function rowOf(measurements: readonly Measurement[]): Row {
  const [{ subject, workers, load }] = measurements;
  const per = (cost: (measurement: Measurement) => number): number[] =>
    measurements.map((measurement) => cost(measurement) / unitsOf(measurement));
  const totals = per(({ cpu }) => cpu.user + cpu.system);
  const total = median(totals);
  const rates = measurements.map((measurement) => (unitsOf(measurement) * 1000) / measurement.outcome.elapsed_ms);
  return {
    subject,
    workers,
    load,
    rounds: measurements.length,
    rate: median(rates),
    latency: latencyOf(measurements),
    curve: curveOf(measurements),
    cpu: { user: median(per(({ cpu }) => cpu.user)), system: median(per(({ cpu }) => cpu.system)), total },
    spread: (Math.max(...totals) - Math.min(...totals)) / total,
    ratio: undefined,
    generator: median(per(({ outcome }) => outcome.cpu_us.user + outcome.cpu_us.system)),
    segments: median(per(({ counts }) => counts.segments)),
    switches: median(per(({ counts }) => counts.switches ?? Number.NaN).filter(Number.isFinite)),
    each: { rate: rates, cpu: totals, pss: pssEachOf(measurements) },
    memory: memoryOf(measurements),
  };
}

/** Rows come in the order of their first measurements; measurements in which nothing was verified are left out. */
export function summarise(measurements: readonly Measurement[], baseline: string): Row[] {
  const verified = measurements.filter((measurement) => unitsOf(measurement) > 0);
  const rows = groupsOf(verified, ({ load, subject, workers }) => `${load} ${subject} ${workers}`).map(rowOf);
  return rows.map((row) => {
    const base = rows.find(({ load, subject }) => load === row.load && subject === baseline);
    return { ...row, ratio: base === undefined ? undefined : row.cpu.total / base.cpu.total };
  });
}
