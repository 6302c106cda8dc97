// The comparisons of all rounds as text: one table for each, one row for each subject. Pure.
import { type ColumnOf, formatColumns } from './columns.js';
import type { ComparisonMeasurement, Side } from './compare.js';
import type { Comparison } from './comparison.js';
import { median } from './summary.js';

const KIB_PER_MIB = 1024;

export interface ComparisonRow {
  readonly subject: string;
  readonly workers: number;
  readonly comparison: string;
  readonly rounds: number;
  /** Microseconds of the subject for each connection. */
  readonly without: number;
  readonly with: number;
  /** Median of the rounds' own ratios, each of turns that followed one another; and the smallest and largest of them. */
  readonly ratio: number;
  readonly ratios: readonly [least: number, most: number];
  /** KiB (PSS). */
  readonly pss: number;
  readonly pssGrowth: number;
}

const costOf = ({ cpu, verified }: Side): number => (cpu.user + cpu.system) / verified;

function rowOf(measurements: readonly ComparisonMeasurement[]): ComparisonRow {
  const [{ subject, workers, comparison }] = measurements;
  const middle = (value: (one: ComparisonMeasurement) => number): number => median(measurements.map(value));
  const ratios = measurements.map((one) => costOf(one.with) / costOf(one.without));
  return {
    ...{ subject, workers, comparison, rounds: measurements.length },
    without: middle((one) => costOf(one.without)),
    with: middle((one) => costOf(one.with)),
    ratio: median(ratios),
    ratios: [Math.min(...ratios), Math.max(...ratios)],
    pss: middle((one) => one.without.pss),
    pssGrowth: middle((one) => one.with.pss - one.without.pss),
  };
}

/** Those in which nothing was verified on one side are left out. */
export function summariseComparisons(measurements: readonly ComparisonMeasurement[]): ComparisonRow[] {
  const groups = new Map<string, ComparisonMeasurement[]>();
  for (const one of measurements) {
    if (one.without.verified === 0 || one.with.verified === 0) continue;
    const key = `${one.comparison} ${one.subject} ${one.workers}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].map(rowOf);
}

function columnsFor({ ratioMax }: Comparison): ColumnOf<ComparisonRow>[] {
  const mib = (kib: number): string => (kib / KIB_PER_MIB).toFixed(1);
  return [
    ['subject', (row) => (row.workers === 0 ? row.subject : `${row.subject} ×${row.workers}`)],
    ['CPU µs each', (row) => row.with.toFixed(1)],
    ['compared with', (row) => row.without.toFixed(1)],
    ['ratio', ({ ratio }) => ratio.toFixed(2)],
    ['aim', () => `<= ${ratioMax.toFixed(2)}`],
    ['of rounds', ({ ratios }) => ratios.map((ratio) => ratio.toFixed(2)).join(' - ')],
    ['MiB (PSS)', ({ pss, pssGrowth }) => mib(pss + pssGrowth)],
    ['compared with', ({ pss }) => mib(pss)],
  ];
}

export function formatComparisons(rows: readonly ComparisonRow[], comparisons: readonly Comparison[]): string {
  return comparisons
    .map((comparison) => [comparison, rows.filter((row) => row.comparison === comparison.name)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([comparison, some]) => `${comparison.title}\n${formatColumns(some, columnsFor(comparison))}\n`)
    .join('\n');
}
