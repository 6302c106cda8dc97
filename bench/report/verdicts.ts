// Which targets hold in these results.
import type { Row } from '../summary.js';
import type { Target, TargetFigure } from '../targets.js';
import { formatNumber, formatRatio } from './numbers.js';
import { pick } from './pick.js';

export interface Verdict {
  readonly load: string;
  /** The row that was judged. */
  readonly row: Row;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
}

const FIGURES: Readonly<Record<TargetFigure, { readonly title: string; readonly of: (row: Row) => number }>> = {
  cpu: { title: 'CPU', of: ({ cpu }) => cpu.total },
  rate: { title: 'rate', of: ({ rate }) => rate },
  p50: { title: 'p50', of: ({ latency }) => latency.p50 },
  memory: { title: 'memory each', of: ({ memory }) => memory?.pssEach ?? Number.NaN },
};
const SIGNS = { 'at most': '≤', 'at least': '≥' } as const;

/** Undefined when the figure, or the other's, was not measured. */
function verdictOf(row: Row, target: Target, rows: readonly Row[]): Verdict | undefined {
  const { figure, bound, limit, unit, of } = target;
  const { title, of: figureOf } = FIGURES[figure];
  const other = of && pick(rows, of.load ?? row.load, of.subject ?? row.subject, row.workers);
  if (of !== undefined && other === undefined) return undefined;
  const measured = other === undefined ? figureOf(row) : figureOf(row) / figureOf(other);
  if (!Number.isFinite(measured)) return undefined;
  const than = [of?.subject, of?.load].filter((part) => part !== undefined).join(' ');
  return {
    load: row.load,
    row,
    wanted: `${title} ${SIGNS[bound]} ${limit.toFixed(2)} ${of === undefined ? (unit ?? '') : `× ${than}`}`.trim(),
    measured: of === undefined ? `${formatNumber(measured)} ${unit ?? ''}`.trim() : `${formatRatio(measured)} ×`,
    holds: bound === 'at most' ? measured <= limit : measured >= limit,
  };
}

/** In the order of the rows' loads; targets of which something was not measured are left out. */
export function verdictsOf(rows: readonly Row[], targets: readonly Target[]): Verdict[] {
  const loads = [...new Set(rows.map(({ load }) => load))];
  const verdicts = targets.flatMap((target) =>
    rows
      .filter(({ load, subject }) => target.loads.includes(load) && target.subjects.includes(subject))
      .flatMap((row) => verdictOf(row, target, rows) ?? []),
  );
  return verdicts.sort((a, b) => loads.indexOf(a.load) - loads.indexOf(b.load));
}
