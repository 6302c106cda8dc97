// What is remembered of destinations, as a table.
import type { Part } from '../admin/part.js';
import { ageText, UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';
import type { List } from './list.js';

const COLUMNS: readonly Column<Part>[] = [
  { heading: 'destination', of: (row) => row.text('destination') ?? UNKNOWN, least: 16 },
  { heading: 'line', of: line, least: 6 },
  { heading: 'address', of: (row) => row.part('best').text('address') ?? UNKNOWN, least: 10, leave: 1 },
  { heading: 'others', of: others, side: 'right', leave: 2 },
  { heading: 'worked', of: (row) => ageText(row.number('worked_age_ms')), side: 'right' },
];

/** That of the best candidate, and that to which an operator has pinned the destination. */
function line(row: Part): string {
  const best = row.part('best').text('line') ?? UNKNOWN;
  const pinned = row.text('pinned');
  if (pinned === undefined) return best;
  return pinned === best ? `${best} (pinned)` : `${best} (pinned to ${pinned})`;
}

/** Candidates that do not lead. */
function others(row: Part): string {
  const all = row.number('candidates');
  return all === undefined ? UNKNOWN : String(row.has('best') ? all - 1 : all);
}

export const ROUTES: List = {
  ...{ path: '/api/v1/routes', rows: 'routes', columns: COLUMNS, pagedBy: 'cursor' },
  none: 'no destination is remembered',
};
