// Connections as a table.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, rateText, UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';
import type { List } from './list.js';

const client = (row: Part): string => row.text('client') ?? UNKNOWN;
const target = (row: Part): string => row.text('target') ?? UNKNOWN;
const user = (row: Part): string => row.text('user') ?? '';

/** `race` and the like until a line carries it; behind its end how that was. */
function carriedBy(row: Part): string {
  const phase = row.text('phase');
  if (phase === 'relay' || phase === 'ended') return row.text('line') ?? UNKNOWN;
  return `(${phase ?? 'unknown'})`;
}

/** By which connections that ask for datagrams and their flows are joined. */
export const ASSOCIATION: Column<Part> = {
  ...{ heading: 'association', of: (row) => row.text('association') ?? '', leave: 7, mayBeEmpty: true },
};

export const LIVE_COLUMNS: readonly Column<Part>[] = [
  { heading: 'client', of: client, least: 11, leave: 2 },
  { heading: 'user', of: user, least: 4, leave: 4 },
  { heading: 'target', of: target, least: 14 },
  ASSOCIATION,
  { heading: 'line', of: carriedBy, least: 6 },
  { heading: 'up', of: (row) => bytesText(row.number('bytes_up')), side: 'right' },
  { heading: 'down', of: (row) => bytesText(row.number('bytes_down')), side: 'right' },
  { heading: 'rate', of: rate, side: 'right', leave: 3 },
  { heading: 'age', of: (row) => ageText(row.number('duration_ms')), side: 'right' },
];

const ENDED_COLUMNS: readonly Column<Part>[] = [
  { heading: 'ended', of: (row) => timeText(row.time('ended_at')) },
  ...LIVE_COLUMNS.filter(({ heading }) => heading !== 'rate' && heading !== 'age'),
  { heading: 'lasted', of: (row) => ageText(row.number('duration_ms')), side: 'right' },
  { heading: 'ending', of: (row) => row.text('cause') ?? row.text('ending') ?? UNKNOWN, least: 8, leave: 1 },
];

/** Of both directions together. */
function rate(row: Part): string {
  const [up, down] = [row.number('bytes_up_per_s'), row.number('bytes_down_per_s')];
  return up === undefined && down === undefined ? '' : rateText((up ?? 0) + (down ?? 0));
}

/** The time of the day here. */
export const timeText = (at: number | undefined): string =>
  at === undefined ? UNKNOWN : new Date(at).toTimeString().slice(0, '00:00:00'.length);

const CONNECTIONS = { path: '/api/v1/connections', rows: 'connections', pagedBy: 'cursor' } as const;

export const LIVE: List = { ...CONNECTIONS, columns: LIVE_COLUMNS, none: 'no live connection' };
export const ENDED: List = { ...CONNECTIONS, columns: ENDED_COLUMNS, none: 'no connection that has ended' };
