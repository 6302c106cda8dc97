// Addresses that are held for false, as a table.
import type { Part } from '../admin/part.js';
import { UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';
import type { List } from './list.js';

const COLUMNS: readonly Column<Part>[] = [
  { heading: 'address', of: (row) => row.text('address') ?? UNKNOWN },
  { heading: 'for', of: names, least: 12 },
  { heading: 'evidence', of: (row) => distinct(row, 'how'), least: 8 },
  { heading: 'by', of: (row) => distinct(row, 'by'), least: 8, leave: 1 },
];

/** The names for which it is not used. */
function names(row: Part): string {
  if (row.is('everywhere')) return 'all names';
  const own = row.texts('names');
  return own.length > 0 ? own.join(', ') : `last for ${row.texts('last').join(', ')}`;
}

const distinct = (row: Part, key: string): string =>
  [...new Set(row.parts('evidence').map((one) => one.text(key) ?? UNKNOWN))].join(', ');

export const BAD_ADDRESSES: List = {
  ...{ path: '/api/v1/bad-addresses', rows: 'addresses', columns: COLUMNS, pagedBy: 'after' },
  none: 'no address is held for false',
};
