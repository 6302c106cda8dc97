// Plots of a subject's memory by the number of open connections, and of what each connection adds.
import type { Row } from '../../results/summary.js';
import { mibOf } from '../../tables/columns.js';
import { curvePlot } from '../drawing/curves.js';
import { linearScale, logScale } from '../drawing/scale.js';
import { KERNEL_EACH, MEMORY_EACH } from '../figures/quantities.js';
import { formatNumber, formatTick } from '../shared/numbers.js';
import { type Plot, rowBars, type Setting } from './plot.js';

function memoryPlot(rows: readonly Row[], { look }: Setting): Plot {
  const curves = rows.flatMap((row) => {
    const { memory } = row;
    if (memory === undefined) return [];
    const points = [{ connections: 0, pss: memory.base }, ...memory.steps].map(
      ({ connections, pss }) => [connections, mibOf(pss)] as const,
    );
    const note = points.map(([connections, mib]) => `${formatTick(connections)}: ${formatNumber(mib)} MiB`).join(', ');
    return [{ look: look(row), points, dotted: true, note }];
  });
  const all = curves.flatMap(({ points }) => points);
  return {
    title: 'Memory by connections',
    unit: 'MiB (PSS)',
    hint: 'lower is better; all of the subject’s user memory',
    drawing: curvePlot({
      description: 'Memory by open connections, MiB',
      xTitle: 'connections',
      curves,
      x: (extent) => linearScale(Math.max(...all.map(([connections]) => connections)), extent),
      y: (extent) =>
        logScale(
          all.map(([, mib]) => mib),
          extent,
        ),
    }),
  };
}

export function memoryPlots(rows: readonly Row[], setting: Setting): Plot[] {
  const some = rows.filter(({ memory }) => memory !== undefined);
  if (some.length === 0) return [];
  const hint = 'lower is better; what the full crowd has added';
  return [
    memoryPlot(some, setting),
    ...rowBars(some, setting, { ...MEMORY_EACH, hint, rounds: ({ each }) => each.pss }),
    ...rowBars(some, setting, { ...KERNEL_EACH, hint: `${hint}, without generator and target` }),
  ];
}
