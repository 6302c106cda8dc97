// The comparisons of all rounds as text: one table for each, one row for each subject. Pure.
import type { ComparisonRow } from '../results/comparison-rows.js';
import type { Titled } from '../results/measurements.js';
import { quartiles } from '../results/quartiles.js';
import { inWords, limitInWords, targetsFor } from '../results/targets.js';
import { type ColumnOf, formatColumns, mibOf, SUBJECT } from './columns.js';

const mib = (kib: number): string => mibOf(kib).toFixed(1);
const known = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const range = (values: readonly number[], digits: number): string =>
  values.map((one) => one.toFixed(digits)).join(' - ');

/** Without a figure the target is for CPU time, as the ratio is. */
const aimsOf = ({ comparison, subject }: ComparisonRow): string =>
  targetsFor(comparison, subject)
    .map((target) => (target.figure === 'cpu' ? limitInWords(target) : inWords(target)))
    .join(', ');

export const COMPARISON_COLUMNS: readonly ColumnOf<ComparisonRow>[] = [
  SUBJECT,
  ['CPU µs each', (row) => row.with.toFixed(1)],
  ['compared with', (row) => row.without.toFixed(1)],
  ['ratio', ({ ratio }) => ratio.toFixed(3)],
  ['aim', (row) => aimsOf(row) || '-'],
  ['of rounds', ({ each }) => range([Math.min(...each.ratio), Math.max(...each.ratio)], 2)],
  ['half of them', ({ each }) => range(quartiles(each.ratio), 3)],
  ['rounds', ({ rounds }) => String(rounds)],
  ['p99 ms', ({ p99 }) => known(p99.with, 2)],
  ['compared with', ({ p99 }) => known(p99.without, 2)],
  ['ratio', ({ p99 }) => known(p99.ratio, 2)],
  ['half of them', ({ each }) => (each.p99.length === 0 ? '-' : range(quartiles(each.p99), 2))],
  ['MiB (PSS)', ({ pss, pssGrowth }) => mib(pss + pssGrowth)],
  ['compared with', ({ pss }) => mib(pss)],
  ['crowd', ({ crowd }) => known(crowd, 0)],
];

export function formatComparisons(rows: readonly ComparisonRow[], comparisons: readonly Titled[]): string {
  return comparisons
    .map(({ name, title }) => [title, rows.filter(({ comparison }) => comparison === name)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([title, some]) => `${title}\n${formatColumns(some, COMPARISON_COLUMNS)}\n`)
    .join('\n');
}
