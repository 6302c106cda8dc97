// The comparisons of all rounds as text: one table for each, one row for each subject. Pure.
import type { ComparisonRow } from '../results/comparison-rows.js';
import type { Titled } from '../results/measurements.js';
import { limitInWords, targetsFor } from '../results/targets.js';
import { type ColumnOf, formatColumns, mibOf, SUBJECT } from './columns.js';

const mib = (kib: number): string => mibOf(kib).toFixed(1);

export const COMPARISON_COLUMNS: readonly ColumnOf<ComparisonRow>[] = [
  SUBJECT,
  ['CPU µs each', (row) => row.with.toFixed(1)],
  ['compared with', (row) => row.without.toFixed(1)],
  ['ratio', ({ ratio }) => ratio.toFixed(2)],
  ['aim', ({ comparison, subject }) => targetsFor(comparison, subject).map(limitInWords).join(', ') || '-'],
  [
    'of rounds',
    ({ each }) => [Math.min(...each.ratio), Math.max(...each.ratio)].map((one) => one.toFixed(2)).join(' - '),
  ],
  ['MiB (PSS)', ({ pss, pssGrowth }) => mib(pss + pssGrowth)],
  ['compared with', ({ pss }) => mib(pss)],
];

export function formatComparisons(rows: readonly ComparisonRow[], comparisons: readonly Titled[]): string {
  return comparisons
    .map(({ name, title }) => [title, rows.filter(({ comparison }) => comparison === name)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([title, some]) => `${title}\n${formatColumns(some, COMPARISON_COLUMNS)}\n`)
    .join('\n');
}
