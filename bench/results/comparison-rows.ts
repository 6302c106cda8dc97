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
  /** The values of each round, of which the row has the medians. */
  readonly each: {
    readonly ratio: readonly number[];
    readonly with: readonly number[];
    readonly pss: readonly number[];
  };
  /** Memory in KiB (PSS) on the side without, and how much more it is on the side with. */
  readonly pss: number;
  readonly pssGrowth: number;
}

const costOf = ({ cpu, verified }: Side): number => (cpu.user + cpu.system) / verified;

function rowOf(measurements: readonly ComparisonMeasurement[]): ComparisonRow {
  const [{ subject, workers, comparison }] = measurements;
  const each = {
    ratio: measurements.map((one) => costOf(one.with) / costOf(one.without)),
    with: measurements.map((one) => costOf(one.with)),
    pss: measurements.map((one) => one.with.pss),
  };
  return {
    ...{ subject, workers, comparison, rounds: measurements.length },
    without: median(measurements.map((one) => costOf(one.without))),
    with: median(each.with),
    ratio: median(each.ratio),
    each,
    pss: median(measurements.map((one) => one.without.pss)),
    pssGrowth: median(measurements.map((one) => one.with.pss - one.without.pss)),
  };
}

/** Comparisons in which nothing was verified on one side are left out. */
export function summariseComparisons(measurements: readonly ComparisonMeasurement[]): ComparisonRow[] {
  const made = measurements.filter((one) => one.without.verified > 0 && one.with.verified > 0);
  return groupsOf(made, ({ comparison, subject, workers }) => `${comparison} ${subject} ${workers}`).map(rowOf);
}
