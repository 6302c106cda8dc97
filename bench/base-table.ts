// What subjects take before anything is asked of them: medians of the starts, and as text. Pure.
import type { BaseExtent, BaseMeasurement, Start } from './base.js';
import { type ColumnOf, formatColumns, SUBJECT } from './columns.js';
import { mibOf } from './mib.js';
import { median } from './summary.js';
import { inWords, TARGETS } from './targets.js';

export const BASE = 'base';

export interface BaseRow extends Start {
  readonly subject: string;
  readonly workers: number;
  /** What each start had, where the row has the median. */
  readonly each: readonly Start[];
  /** Percent of one core while nothing happens; NaN where it is not known. */
  readonly calm_percent: number;
}

/** Those that never started have no row. */
export function summariseBase(measurements: readonly BaseMeasurement[]): BaseRow[] {
  return measurements
    .filter(({ starts }) => starts.length > 0)
    .map(({ subject, workers, starts, calm_percent = Number.NaN }) => {
      const middle = (key: keyof Start): number => median(starts.map((one) => one[key]));
      return {
        ...{ subject, workers, each: starts, calm_percent },
        accepts_ms: middle('accepts_ms'),
        carries_ms: middle('carries_ms'),
        pss: middle('pss'),
        rss: middle('rss'),
      };
    });
}

const mib = (kib: number): string => mibOf(kib).toFixed(1);

function range({ each }: BaseRow): string {
  const values = each.map(({ accepts_ms }) => accepts_ms);
  return `${Math.min(...values).toFixed(0)} - ${Math.max(...values).toFixed(0)}`;
}

export const BASE_COLUMNS: readonly ColumnOf<BaseRow>[] = [
  SUBJECT,
  ['accepts after ms', ({ accepts_ms }) => accepts_ms.toFixed(1)],
  ['of starts', range],
  ['has echoed after ms', ({ carries_ms }) => carries_ms.toFixed(1)],
  ['MiB (PSS)', ({ pss }) => mib(pss)],
  ['MiB (RSS)', ({ rss }) => mib(rss)],
  ['idle CPU %', ({ calm_percent }) => (Number.isFinite(calm_percent) ? calm_percent.toFixed(2) : '-')],
];

export const baseTitle = ({ starts, calm_s }: BaseExtent): string =>
  `${BASE}: medians of ${starts} starts; memory after one connection; CPU while nothing happens for ${calm_s} s, of one core`;

export const BASE_NOTE =
  "PSS divides a program's pages by the processes that have them, the bench's own included; RSS counts them in full";

const AIMS = TARGETS.filter(({ loads }) => loads.includes(BASE)).map(inWords);

/** Empty where there are none. */
export function formatBase(rows: readonly BaseRow[], extent: BaseExtent | undefined): string {
  if (extent === undefined || rows.length === 0) return '';
  return [
    baseTitle(extent),
    `aims for the gateway with its two connection actors: ${AIMS.join(', ')}`,
    BASE_NOTE,
    formatColumns(rows, BASE_COLUMNS),
    '',
  ].join('\n');
}
