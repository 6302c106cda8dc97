// The matrix as text: a table for each subject and topology, each cell beside the clean run that it is judged by. Pure.
import { type ColumnOf, formatColumns } from '../tables/columns.js';
import { AMPLIFICATION_MAX, type Amplification } from './amplification.js';
import type { Cell } from './cells/cell.js';
import type { Sample } from './cells/sample.js';
import { judge, type Reference, type Verdict } from './cells/verdict.js';
import { FAULTS } from './field/faults.js';
import type { Part } from './matrix.js';

export interface Judged extends Cell, Verdict {}

export function judged({ cells, goodTimes }: Part): Judged[] {
  return cells.map((cell) => ({ ...cell, ...judge(cell, referenceOf(cell, cells, goodTimes)) }));
}

/** Only the times of a ClientHello are compared. A winner that dies was a remembered one. */
function referenceOf(
  cell: Cell,
  cells: readonly Cell[],
  goodTimes: ReadonlyMap<number, number>,
): Reference | undefined {
  if (cell.speech !== 'hello') return undefined;
  const state = cell.state === 'first' ? 'first' : 'remembered';
  const clean = medianRun(cells.filter((one) => one.fault === undefined && one.state === state));
  return clean === undefined ? undefined : { clean, good_ms: goodTimes.get(cell.bad) ?? Number.NaN };
}

/** The clean run with the middle p99. */
function medianRun(runs: readonly Cell[]): Sample | undefined {
  const samples = runs.map(({ sample }) => sample).sort((a, b) => a.p99 - b.p99);
  return samples[samples.length >> 1];
}

const ms = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 1 : 0);

const percent = ({ sample: { succeeded, n } }: Cell): string => {
  // Rounded down, so that 100 % means all.
  const share = Math.floor((succeeded / n) * 1000) / 10;
  return `${share.toFixed(share === 100 ? 0 : 1)} %`;
};

const SPEECH = { hello: '', client: ', real client', other: ', not TLS' } as const;

/** `timed` says whether being late is a failure. */
export function isBad({ fails, late }: Verdict, timed: boolean): boolean {
  return fails || (timed && late);
}

function worst({ sample: { failures } }: Cell): string {
  const [cause] = Object.entries(failures).sort(([, a], [, b]) => b - a)[0] ?? [''];
  return cause;
}

function verdictOf(row: Judged, asserted: boolean): string {
  if (row.fails || row.sample.succeeded < row.sample.n) return `${asserted && row.fails ? 'FAILED ' : ''}${worst(row)}`;
  if (row.allowed_ms === undefined || Number.isNaN(row.allowed_ms)) return '';
  return row.late ? 'LATE' : 'in time';
}

function columns(asserted: boolean): ColumnOf<Judged>[] {
  return [
    ['fault', ({ fault, speech }) => `${fault ?? 'none'}${SPEECH[speech]}`],
    ['bad', ({ bad, ways }) => `${bad}/${ways}`],
    ['destination', ({ state }) => state, 'left'],
    ['struck', ({ struck }) => (struck === undefined ? '' : `${Math.round(struck * 100)} %`)],
    ['n', ({ sample }) => String(sample.n)],
    ['ok', percent],
    ['p50 ms', ({ sample }) => ms(sample.p50)],
    ['p99', ({ sample }) => ms(sample.p99)],
    ['extra', ({ fault, extra_ms }) => (fault === undefined ? '' : ms(extra_ms))],
    ['allowed', ({ allowed_ms }) => (allowed_ms === undefined ? '' : ms(allowed_ms))],
    ['dials', ({ fault, dials }) => `${fault !== undefined && FAULTS[fault].uncounted ? '≥ ' : ''}${dials.toFixed(2)}`],
    ['', (row) => verdictOf(row, asserted), 'left'],
  ];
}

export function formatPart(rows: readonly Judged[], title: string, asserted: boolean): string {
  return `${title}\n${formatColumns(rows, columns(asserted))}\n`;
}

const rate = ({ dials, connections }: { dials: number; connections: number }): number => dials / connections;

export function formatAmplification({ first, remembered, failed }: Amplification): string {
  const what = `${remembered.dials} dials for ${remembered.connections} connections to remembered destinations`;
  const apart = `first contacts: ${rate(first).toFixed(2)}`;
  const verdict = `${rate(remembered).toFixed(3)}, at most ${AMPLIFICATION_MAX} wanted`;
  return `amplification: ${what}: ${verdict}; ${apart}; ${failed} failed`;
}

/** `counted` says whether too many dials are a failure. */
export function isAmplified({ remembered, failed }: Amplification, counted: boolean): boolean {
  return failed > 0 || (counted && rate(remembered) >= AMPLIFICATION_MAX);
}
