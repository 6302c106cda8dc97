// Budgets of lines and users as a table.
import type { Part } from '../admin/part.js';
import { bytesText, UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';
import type { List } from './list.js';

const COLUMNS: readonly Column<Part>[] = [
  { heading: 'of', of: (row) => (row.text('of') === 'user' ? 'user' : 'lines') },
  { heading: 'name', of: (row) => row.text('name') ?? UNKNOWN, least: 8 },
  { heading: 'state', of: (row) => (row.is('is_spent') ? 'spent' : 'has room') },
  { heading: 'used', of: (row) => bytesText(row.number('bytes_used')), side: 'right' },
  { heading: 'limit', of: (row) => bytesText(row.number('bytes_limit')), side: 'right' },
  { heading: 'since', of: (row) => row.text('begins') ?? UNKNOWN, leave: 2 },
  { heading: 'until', of: (row) => row.text('ends') ?? UNKNOWN },
  { heading: 'lines', of: (row) => row.texts('lines').join(', '), least: 8, leave: 1 },
];

export const BUDGETS: List = {
  ...{ path: '/api/v1/budgets', rows: 'budgets', columns: COLUMNS, pagedBy: undefined },
  none: 'neither lines nor users have a budget',
};
