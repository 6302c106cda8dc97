// The plot of latencies: a curve for each subject over all percentiles, in which each nine has the same width.
import type { Row } from '../../results/summary.js';
import { CURVE_STEPS } from '../../shared/histogram.js';
import { curvePlot } from '../drawing/curves.js';
import { type Extent, logScale, place, type Scale } from '../drawing/scale.js';
import { formatNumber } from '../shared/numbers.js';
import type { Plot, Setting } from './plot.js';

/** Marks of the axis, as shares of all values. */
const QUANTILES = [0.5, 0.9, 0.99, 0.999, 0.9999];

/** An axis from the fastest value on the left to the slowest of ten thousand on the right; each nine has the same width. */
function nines(extent: Extent, most: number): Scale {
  const share = (value: number): number => value / most;
  const ticks = QUANTILES.map((quantile) => ({
    value: -Math.log10(1 - quantile),
    text: `${Number((quantile * 100).toPrecision(6))} %`,
  }));
  return {
    at: (value) => place(extent, share(value)),
    ticks: ticks.filter(({ value }) => value <= most + 1e-9),
  };
}

/** Empty where no row has latencies, as with streams. */
export function latencyPlot(rows: readonly Row[], { look }: Setting): Plot[] {
  const curves = rows
    .filter(({ curve }) => curve.length > 0)
    .map((row) => ({
      look: look(row),
      points: row.curve.map((value, step) => [step / CURVE_STEPS, value] as const),
      dotted: false,
      note: `p50 ${formatNumber(row.latency.p50)} ms, p99 ${formatNumber(row.latency.p99)} ms, largest ${formatNumber(row.latency.max)} ms`,
    }));
  if (curves.length === 0) return [];
  const most = Math.max(1, ...curves.map(({ points }) => (points.length - 1) / CURVE_STEPS));
  const plot = {
    title: 'Latency',
    unit: 'ms',
    hint: 'lower is better; the share of all that took no longer',
    drawing: curvePlot({
      description: 'Latency by percentile, ms',
      xTitle: 'share of all',
      curves,
      x: (extent) => nines(extent, most),
      y: (extent) =>
        logScale(
          curves.flatMap(({ points }) => points.map(([, value]) => value)),
          extent,
        ),
    }),
  };
  return [plot];
}
