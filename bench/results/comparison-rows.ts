// Reduces the comparisons of all rounds to one row for each comparison and subject. Pure.
import { groupsOf } from './groups.js';
import type { ComparisonMeasurement, Side } from './measurements.js';
import { median } from './median.js';

export interface ComparisonRow {
  readonly subject: string;
  readonly workers: number;
  readonly comparison: string;
  readonly rounds: number;
  /** CPU time of the subject for each connection, in µs. */
  readonly without: number;
  readonly with: number;
  /** Median of the ratios of single rounds: the turns of a round follow one another closely. */
  readonly ratio: number;
  /** The same of latencies in ms, of which 99 in 100 are no longer; NaN where they are not known. */
  readonly p99: { readonly without: number; readonly with: number; readonly ratio: number };
  /** The values of each round, of which the row has the medians. */
  readonly each: {
    readonly ratio: readonly number[];
    readonly with: readonly number[];
    readonly pss: readonly number[];
    /** Ratios of p99, of the rounds in which it is known. */
    readonly p99: readonly number[];
  };
  /** Connections of the crowd that were there in the end; NaN without a crowd. */
  readonly crowd: number;
  /** Memory in KiB (PSS) on the side without, and how much more it is on the side with. */
  readonly pss: number;
  readonly pssGrowth: number;
}

const costOf = ({ cpu, verified }: Side): number => (cpu.user + cpu.system) / verified;

/** On both sides; empty where it is not known. */
function p99Of({ without, with: other }: ComparisonMeasurement): { without: number; with: number }[] {
  if (without.latency === undefined || other.latency === undefined) return [];
  return [{ without: without.latency.p99, with: other.latency.p99 }];
}

function rowOf(measurements: readonly ComparisonMeasurement[]): ComparisonRow {
  const [{ subject, workers, comparison }] = measurements;
  const p99s = measurements.flatMap(p99Of);
  const each = {
    ratio: measurements.map((one) => costOf(one.with) / costOf(one.without)),
    with: measurements.map((one) => costOf(one.with)),
    pss: measurements.map((one) => one.with.pss),
    p99: p99s.map((one) => one.with / one.without),
  };
  return {
    ...{ subject, workers, comparison, rounds: measurements.length },
    without: median(measurements.map((one) => costOf(one.without))),
    with: median(each.with),
    ratio: median(each.ratio),
    p99: {
      without: median(p99s.map((one) => one.without)),
      with: median(p99s.map((one) => one.with)),
      ratio: median(each.p99),
    },
    each,
    crowd: median(measurements.flatMap(({ crowd }) => crowd ?? [])),
    pss: median(measurements.map((one) => one.without.pss)),
    pssGrowth: median(measurements.map((one) => one.with.pss - one.without.pss)),
  };
}

/** Comparisons in which nothing was verified on one side are left out. */
export function summariseComparisons(measurements: readonly ComparisonMeasurement[]): ComparisonRow[] {
  const made = measurements.filter((one) => one.without.verified > 0 && one.with.verified > 0);
  return groupsOf(made, ({ comparison, subject, workers }) => `${comparison} ${subject} ${workers}`).map(rowOf);
}
