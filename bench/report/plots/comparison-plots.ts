// Plots of a comparison: the ratios of its sides, and what each side took.
import type { ComparisonRow } from '../../results/comparison-rows.js';
import { mibOf } from '../../tables/columns.js';
import { COMPARED_CPU, COMPARED_MEMORY, COMPARED_P99_RATIO, COMPARED_RATIO } from '../figures/further-quantities.js';
import { type Plot, rowBars, type Setting } from './plot.js';

/** What the side without took, and what the side with took in addition. */
const grown = (without: number, growth: number): number[] => (growth > 0 ? [without, growth] : [without + growth]);

export function comparisonPlots(rows: readonly ComparisonRow[], setting: Setting): Plot[] {
  const hint = 'lower is better; without solid, what is more with it faint';
  // A ratio is not set in relation to another one.
  const alone = { ...setting, baseline: undefined };
  const asWithout = 'lower is better; 1 is as without';
  return [
    ...rowBars(rows, alone, { ...COMPARED_RATIO, hint: asWithout, rounds: ({ each }) => each.ratio }),
    ...rowBars(rows, setting, {
      ...COMPARED_CPU,
      hint,
      parts: (row) => grown(row.without, row.with - row.without),
      rounds: ({ each }) => each.with,
    }),
    ...rowBars(rows, alone, { ...COMPARED_P99_RATIO, hint: asWithout, rounds: ({ each }) => each.p99 }),
    ...rowBars(rows, setting, {
      ...COMPARED_MEMORY,
      hint,
      parts: ({ pss, pssGrowth }) => grown(pss, pssGrowth).map(mibOf),
      rounds: ({ each }) => each.pss.map(mibOf),
    }),
  ];
}
