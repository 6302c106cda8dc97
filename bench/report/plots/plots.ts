// The plots of one load, as far as its rows have data.
import type { Row } from '../../results/summary.js';
import { countsOf, isIdle, quantitiesOf } from '../figures/quantities.js';
import { latencyPlot } from './latency-plot.js';
import { memoryPlots } from './memory-plots.js';
import { type Plot, rowBars, type Setting } from './plot.js';

function ratePlot(load: string, rows: readonly Row[], setting: Setting): Plot[] {
  const { rate, rateFactor } = quantitiesOf(load);
  const rounds = ({ each }: Row) => each.rate.map((value) => value * rateFactor);
  return rowBars(rows, setting, { ...rate, hint: 'higher is better', rounds });
}

function cpuPlot(load: string, rows: readonly Row[], setting: Setting): Plot[] {
  const { cpu, cpuFactor } = quantitiesOf(load);
  return rowBars(rows, setting, {
    ...cpu,
    hint: 'lower is better; user time solid, system time faint',
    // Medians of parts need not add up to the median of the whole: the bar has the length of the whole, split in their ratio.
    parts: ({ cpu: { user, system, total } }) =>
      [user, system].map((part) => (part / (user + system || 1)) * total * cpuFactor),
    rounds: ({ each }) => each.cpu.map((value) => value * cpuFactor),
  });
}

export function plotsOf(load: string, rows: readonly Row[], setting: Setting): Plot[] {
  if (isIdle(load)) return memoryPlots(rows, setting);
  return [
    ...ratePlot(load, rows, setting),
    ...cpuPlot(load, rows, setting),
    ...latencyPlot(rows, setting),
    ...memoryPlots(rows, setting),
    ...countsOf(load).flatMap((count) => rowBars(rows, setting, { ...count, hint: 'lower is better' })),
  ];
}
