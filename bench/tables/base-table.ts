// What subjects take before anything is asked of them, as text. Pure.
import { BASE } from '../plan/load-names.js';
import type { BaseExtent } from '../plan/plan.js';
import type { BaseRow } from '../results/base-rows.js';
import { inWords, TARGETS } from '../results/targets.js';
import { type ColumnOf, formatColumns, mibOf, SUBJECT } from './columns.js';

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

/** Empty where nothing was measured. */
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
