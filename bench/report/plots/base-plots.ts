// Plots of what subjects take before anything is asked of them: the medians, and each start beside them.
import type { BaseRow } from '../../results/base-rows.js';
import { mibOf } from '../../tables/columns.js';
import { BASE_MEMORY, BASE_REST, BASE_START, BASE_WAKES } from '../figures/further-quantities.js';
import { type Plot, rowBars, type Setting } from './plot.js';

export function basePlots(rows: readonly BaseRow[], setting: Setting): Plot[] {
  return [
    ...rowBars(rows, setting, {
      ...BASE_START,
      hint: 'lower is better; from its spawn',
      rounds: ({ each }) => each.map(({ accepts_ms }) => accepts_ms),
    }),
    ...rowBars(rows, setting, {
      ...BASE_MEMORY,
      hint: 'lower is better; after one connection',
      rounds: ({ each }) => each.map(({ pss }) => mibOf(pss)),
    }),
    ...rowBars(rows, setting, { ...BASE_REST, hint: 'lower is better; while nothing happens' }),
    ...rowBars(rows, setting, { ...BASE_WAKES, hint: 'lower is better; while nothing happens' }),
  ];
}
