// What a subject's memory is with so many connections open, and what each has added.
import type { Row } from '../summary.js';
import { curvePlot } from './curves.js';
import { formatNumber, formatTick } from './numbers.js';
import { type Plot, rowBars, type Setting } from './plot.js';
import { linearScale, logScale } from './scale.js';

const KIB_PER_MIB = 1024;

function memoryPlot(rows: readonly Row[], { look }: Setting): Plot {
  const curves = rows.flatMap((row) => {
    const { memory } = row;
    if (memory === undefined) return [];
    const points = [{ connections: 0, pss: memory.base }, ...memory.steps].map(
      ({ connections, pss }) => [connections, pss / KIB_PER_MIB] as const,
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

function memoryEachPlot(rows: readonly Row[], setting: Setting): Plot {
  return rowBars(rows, setting, {
    title: 'Memory per connection',
    hint: 'lower is better; what the full crowd has added',
    unit: 'KiB (PSS)',
    of: ({ memory }) => memory?.pssEach ?? Number.NaN,
    rounds: ({ each }) => each.pss,
  });
}

export function memoryPlots(rows: readonly Row[], setting: Setting): Plot[] {
  const some = rows.filter(({ memory }) => memory !== undefined);
  return some.length === 0 ? [] : [memoryPlot(some, setting), memoryEachPlot(some, setting)];
}
