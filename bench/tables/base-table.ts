// What subjects take before anything is asked of them, as text. Pure.
import { BASE } from '../plan/load-names.js';
import type { BaseExtent } from '../plan/plan.js';
import type { BaseRow } from '../results/base-rows.js';
import { inWords, TARGETS } from '../results/targets.js';
import { type ColumnOf, formatColumns, mibOf, SUBJECT } from './columns.js';

const fixed = (digits: number, value: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

function range({ each }: BaseRow): string {
  if (each.length === 0) return '-';
  const values = each.map(({ accepts_ms }) => accepts_ms);
  return `${Math.min(...values).toFixed(0)} - ${Math.max(...values).toFixed(0)}`;
}

export const BASE_COLUMNS: readonly ColumnOf<BaseRow>[] = [
  SUBJECT,
  ['accepts after ms', ({ accepts_ms }) => fixed(1, accepts_ms)],
  ['of starts', range],
  ['has echoed after ms', ({ carries_ms }) => fixed(1, carries_ms)],
  ['MiB (PSS)', ({ pss }) => fixed(1, mibOf(pss))],
  ['MiB (RSS)', ({ rss }) => fixed(1, mibOf(rss))],
  ['idle CPU %', ({ calm_percent }) => fixed(2, calm_percent)],
  ['wakes a second', ({ calm_wakes }) => fixed(1, calm_wakes)],
];

export const baseTitle = ({ starts, calm_s, settle_s }: BaseExtent): string =>
  `${BASE}: medians of ${starts} starts; memory after one connection; CPU of one core while nothing happens for ${calm_s} s, from ${settle_s} s after the start on`;

export const BASE_NOTE =
  'wakes: context switches of all threads; node-timer: a plain Node process whose timer fires twice a second\n' +
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
