// Plots of a comparison: the ratio of its sides, and what each side took.
import type { ComparisonRow } from '../../results/comparison-rows.js';
import { mibOf } from '../../tables/columns.js';
import { COMPARED_CPU, COMPARED_MEMORY, COMPARED_RATIO } from '../figures/further-quantities.js';
import { type Plot, rowBars, type Setting } from './plot.js';

/** What the side without took, and what the side with took in addition. */
const grown = (without: number, growth: number): number[] => (growth > 0 ? [without, growth] : [without + growth]);

export function comparisonPlots(rows: readonly ComparisonRow[], setting: Setting): Plot[] {
  const hint = 'lower is better; without solid, what is more with it faint';
  return [
    ...rowBars(
      rows,
      { ...setting, baseline: undefined },
      {
        ...COMPARED_RATIO,
        hint: 'lower is better; 1 is as without',
        rounds: ({ each }) => each.ratio,
      },
    ),
    ...rowBars(rows, setting, {
      ...COMPARED_CPU,
      hint,
      parts: (row) => grown(row.without, row.with - row.without),
      rounds: ({ each }) => each.with,
    }),
    ...rowBars(rows, setting, {
      ...COMPARED_MEMORY,
      hint,
      parts: ({ pss, pssGrowth }) => grown(pss, pssGrowth).map(mibOf),
      rounds: ({ each }) => each.pss.map(mibOf),
    }),
  ];
}
