// Judges which targets hold in the results.
import { BASE } from '../../plan/load-names.js';
import type { Summary } from '../../results/measured.js';
import { inWords, type Target, type TargetFigure } from '../../results/targets.js';
import { mibOf } from '../../tables/columns.js';
import type { Entrant } from '../shared/looks.js';
import { formatNumber, formatRatio } from '../shared/numbers.js';
import { pick } from './pick.js';

export interface Verdict {
  readonly load: string;
  /** The subject that the target is for. */
  readonly row: Entrant;
  readonly wanted: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** What a target can judge: a subject in a load, in a comparison or in the base section. */
interface Judged extends Entrant {
  readonly load: string;
  /** The figures that were measured. */
  readonly figures: Readonly<Partial<Record<TargetFigure, number | undefined>>>;
  /** In a comparison: with ÷ without. */
  readonly ratios?: Judged['figures'];
}

const judged = ({ loads, comparisons, base }: Summary): Judged[] => [
  ...loads.map(({ subject, workers, load, cpu, rate, latency, memory }) => ({
    ...{ subject, workers, load },
    figures: { cpu: cpu.total, rate, p50: latency.p50, p99: latency.p99, memory: memory?.pssEach },
  })),
  ...comparisons.map(({ subject, workers, comparison, ratio, p99, ...row }) => ({
    ...{ subject, workers, load: comparison },
    figures: { cpu: row.with, p99: p99.with },
    ratios: { cpu: ratio, p99: p99.ratio },
  })),
  ...base.map(({ subject, workers, accepts_ms, pss, calm_percent, calm_wakes }) => ({
    ...{ subject, workers, load: BASE },
    figures: { start: accepts_ms, base: mibOf(pss), rest: calm_percent, wakes: calm_wakes },
  })),
];

/** NaN when the figure of the row, or of the subject that it is compared with, was not measured. */
function measuredFor({ figure, of }: Target, row: Judged, all: readonly Judged[]): number {
  const value = row.figures[figure] ?? Number.NaN;
  if (of === undefined) return value;
  if (of === 'without') return row.ratios?.[figure] ?? Number.NaN;
  const subject = of.subject ?? row.subject;
  const figureIn = (load: string): number => {
    const others = all.filter((other) => other.load === load);
    return pick(others, subject, row.workers)?.figures[figure] ?? Number.NaN;
  };
  return value / (figureIn(of.load ?? row.load) + (of.plus === undefined ? 0 : figureIn(of.plus)));
}

function verdictOf(row: Judged, target: Target, all: readonly Judged[]): Verdict | undefined {
  const { bound, limit, unit = '', of } = target;
  const measured = measuredFor(target, row, all);
  if (!Number.isFinite(measured)) return undefined;
  return {
    load: row.load,
    row,
    wanted: inWords(target),
    measured: of === undefined ? `${formatNumber(measured)} ${unit}` : `${formatRatio(measured)} ×`,
    holds: bound === 'at most' ? measured <= limit : measured >= limit,
  };
}

/** In the order of the loads. Targets for which something was not measured are left out. */
export function verdictsOf(summary: Summary, targets: readonly Target[]): Verdict[] {
  const all = judged(summary);
  const loads = [...new Set(all.map(({ load }) => load))];
  const verdicts = targets.flatMap((target) =>
    all
      .filter(({ load, subject }) => target.loads.includes(load) && target.subjects.includes(subject))
      .flatMap((row) => verdictOf(row, target, all) ?? []),
  );
  return verdicts.sort((a, b) => loads.indexOf(a.load) - loads.indexOf(b.load));
}
