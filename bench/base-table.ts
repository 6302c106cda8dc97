// What subjects take before anything is asked of them, as text. Pure.
import type { BaseExtent, BaseMeasurement, Start } from './base.js';
import { type ColumnOf, formatColumns } from './columns.js';
import { median } from './summary.js';

/** What the gateway is to keep to. */
const AIMS = 'aims for the gateway with its two connection actors: <= 400 ms, <= 120 MiB (PSS), <= 1 %';

const middle = ({ starts }: BaseMeasurement, key: keyof Start): number => median(starts.map((one) => one[key]));
const mib = (kib: number): string => (kib / 1024).toFixed(1);

function range({ starts }: BaseMeasurement, key: keyof Start): string {
  const values = starts.map((one) => one[key]);
  return `${Math.min(...values).toFixed(0)} - ${Math.max(...values).toFixed(0)}`;
}

const COLUMNS: readonly ColumnOf<BaseMeasurement>[] = [
  ['subject', ({ subject, workers }) => (workers === 0 ? subject : `${subject} ×${workers}`)],
  ['accepts after ms', (row) => middle(row, 'accepts_ms').toFixed(1)],
  ['of starts', (row) => range(row, 'accepts_ms')],
  ['has echoed after ms', (row) => middle(row, 'carries_ms').toFixed(1)],
  ['MiB (PSS)', (row) => mib(middle(row, 'pss'))],
  ['MiB (RSS)', (row) => mib(middle(row, 'rss'))],
  ['idle CPU %', ({ calm_percent }) => calm_percent?.toFixed(2) ?? '-'],
];

/** Those that never started have no row. */
export function formatBase(measurements: readonly BaseMeasurement[], { starts, calm_s }: BaseExtent): string {
  const rows = measurements.filter((one) => one.starts.length > 0);
  return [
    `base: medians of ${starts} starts; memory after one connection; CPU while nothing happens for ${calm_s} s, of one core`,
    AIMS,
    "PSS divides a program's pages by the processes that have them, the bench's own included; RSS counts them in full",
    formatColumns(rows, COLUMNS),
    '',
  ].join('\n');
}
