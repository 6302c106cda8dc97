// This gateway beside another version, as text: the ratio of their costs, round by round. Pure.
import type { Titled } from '../results/measurements.js';
import { median } from '../results/median.js';
import type { Row } from '../results/summary.js';
import { type ColumnOf, formatColumns, SUBJECT } from './columns.js';

/** Each subject of this checkout, with the name of the same engine in the other one. */
const PAIRS: Readonly<Record<string, string>> = { 'tcproute-uring': 'before-uring', 'tcproute-epoll': 'before-epoll' };

export interface BeforeRow {
  readonly subject: string;
  readonly workers: number;
  readonly load: string;
  /** CPU time per unit of work, now ÷ before, in each round. */
  readonly ratios: readonly number[];
  /** KiB per idle connection, now − before, in each round; empty for other loads. */
  readonly memory: readonly number[];
}

/** A pair that differs in its number of rounds is left out: places of rounds agree only where none is missing. */
export function pairsOf(rows: readonly Row[]): BeforeRow[] {
  return rows.flatMap((now) => {
    const before = rows.find(
      ({ subject, workers, load }) => subject === PAIRS[now.subject] && workers === now.workers && load === now.load,
    );
    if (before === undefined || before.rounds !== now.rounds) return [];
    const { subject, workers, load } = now;
    const ratios = now.each.cpu.map((cost, round) => cost / before.each.cpu[round]);
    const memory = now.each.pss.map((kib, round) => kib - before.each.pss[round]);
    return [{ subject, workers, load, ratios, memory }];
  });
}

const fixed = (digits: number, values: readonly number[]): string =>
  values.length === 0 ? '-' : median(values).toFixed(digits);

export const BEFORE_COLUMNS: readonly ColumnOf<BeforeRow>[] = [
  SUBJECT,
  ['load', ({ load }) => load, 'left'],
  ['CPU, now ÷ before', ({ ratios }) => fixed(3, ratios)],
  ['of rounds', ({ ratios }) => [Math.min(...ratios), Math.max(...ratios)].map((one) => one.toFixed(2)).join(' - ')],
  ['rounds', ({ ratios }) => String(ratios.length)],
  ['KiB each, now − before', ({ memory }) => fixed(2, memory)],
];

/** Empty when no other version took part. */
export function formatBefore(rows: readonly Row[], loads: readonly Titled[]): string {
  const pairs = pairsOf(rows).filter(({ load }) => loads.some(({ name }) => name === load));
  if (pairs.length === 0) return '';
  return `this gateway beside the one named by --before\n${formatColumns(pairs, BEFORE_COLUMNS)}\n`;
}
