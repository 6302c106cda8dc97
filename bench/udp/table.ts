// The results of a cell as a table. Pure.
import type { Table } from '../choice/cells/cell.js';
import { median } from '../results/median.js';
import type { Measured, Measurement } from './measure.js';
import { type Cell, titleOf } from './plan.js';

export interface Row {
  readonly subject: string;
  /** One of each round, or why there is none. */
  readonly rounds: readonly (Measured | string)[];
}

export const HEADINGS: readonly string[] = [
  'subject',
  'top, round trips a second',
  'lost %',
  'CPU µs a datagram',
  'user',
  'system',
  'at half of it: a second',
  'lost %',
  'CPU µs a datagram',
  'p50 ms',
  'p99 ms',
];

const NOTES: readonly string[] = [
  'A round trip is two datagrams that the subject passes on. `lost`: what did not come back, but for what the generator or the far',
  'end has lost itself. CPU time is that of the subject, by datagram that it has passed on.',
];

const fixed = (value: number, digits: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');

/** A loss is shown, however small it is. */
const percent = (share: number): string => (share === 0 ? '0' : share < 0.0001 ? '< 0.01' : fixed(share * 100, 2));

export function formatRows(cell: Cell, rows: readonly Row[]): Table {
  return { title: titleOf(cell), notes: NOTES, headings: HEADINGS, rows: rows.map(textsOf) };
}

function textsOf({ subject, rounds }: Row): string[] {
  const measured = rounds.filter((round) => typeof round !== 'string');
  if (measured.length === 0) return [subject, String(rounds[0] ?? 'not measured'), ...HEADINGS.slice(2).map(() => '-')];
  const shown = (load: keyof Measured, digits: number, value: (one: Measurement) => number): string =>
    fixed(median(measured.map((round) => value(round[load]))), digits);
  const lost = (load: keyof Measured): string => percent(median(measured.map((round) => round[load].loss)));
  const cpu = (load: keyof Measured): string => shown(load, 2, ({ user, system }) => user + system);
  return [
    ...[subject, shown('top', 0, ({ rate }) => rate), lost('top'), cpu('top')],
    ...[shown('top', 2, ({ user }) => user), shown('top', 2, ({ system }) => system)],
    ...[shown('half', 0, ({ rate }) => rate), lost('half'), cpu('half')],
    ...[shown('half', 2, ({ outcome }) => outcome.latency.p50), shown('half', 2, ({ outcome }) => outcome.latency.p99)],
  ];
}

/**
 * What breaks the promise that nothing is lost at half of the top rate; `gateways` are the subjects that promise it. The median of all
 * rounds counts, since a machine that stands still for a while fills any buffer.
 */
export function brokenIn(cell: Cell, rows: readonly Row[], gateways: readonly string[]): string[] {
  return rows
    .filter(({ subject }) => gateways.includes(subject))
    .flatMap(({ subject, rounds }) => brokenBy(rounds).map((what) => `${cell.name}, ${subject}: ${what}`));
}

function brokenBy(rounds: Row['rounds']): string[] {
  const troubles = rounds.filter((round) => typeof round === 'string');
  const halves = rounds.flatMap((round) => (typeof round === 'string' ? [] : [round.half]));
  const loss = median(halves.map((half) => half.loss));
  const wrong = halves.reduce((sum, { outcome }) => sum + outcome.wrong, 0);
  if (loss > 0) troubles.push(`${percent(loss)} % of the datagrams were lost`);
  if (wrong > 0) troubles.push(`${wrong} datagrams came from nowhere`);
  return troubles;
}
