// Flows of datagrams as a table.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, tookText, UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';
import { ASSOCIATION, timeText } from './connections.js';
import type { List } from './list.js';

const count = (row: Part, key: string): string => String(row.number(key) ?? UNKNOWN);

/** With the name of a QUIC flow's ClientHello, where the client asked for an address. */
function target(row: Part): string {
  const [asked, sni] = [row.text('target') ?? UNKNOWN, row.text('sni')];
  return sni === undefined || asked.startsWith(`${sni}:`) ? asked : `${asked} (${sni})`;
}

/** Until a line carries it, that it waits. */
const carriedBy = (row: Part): string => row.text('line') ?? (row.text('phase') === 'waiting' ? '(waiting)' : UNKNOWN);

const COLUMNS: readonly Column<Part>[] = [
  { heading: 'client', of: (row) => row.text('client') ?? UNKNOWN, least: 11, leave: 2 },
  { heading: 'user', of: (row) => row.text('user') ?? '', least: 4, leave: 4 },
  ASSOCIATION,
  { heading: 'target', of: target, least: 14 },
  { heading: 'kind', of: (row) => row.text('kind') ?? UNKNOWN, leave: 3 },
  { heading: 'line', of: carriedBy, least: 6 },
  { heading: 'sent', of: (row) => count(row, 'datagrams_up'), side: 'right', leave: 5 },
  { heading: 'came', of: (row) => count(row, 'datagrams_down'), side: 'right', leave: 5 },
  { heading: 'up', of: (row) => bytesText(row.number('bytes_up')), side: 'right' },
  { heading: 'down', of: (row) => bytesText(row.number('bytes_down')), side: 'right' },
  { heading: 'answered', of: answered, side: 'right', leave: 6 },
];

const LIVE_COLUMNS: readonly Column<Part>[] = [
  ...COLUMNS,
  { heading: 'silent', of: (row) => ageText(row.number('silent_ms')), side: 'right', leave: 6 },
  { heading: 'age', of: (row) => ageText(row.number('duration_ms')), side: 'right' },
];

const ENDED_COLUMNS: readonly Column<Part>[] = [
  { heading: 'ended', of: (row) => timeText(row.time('ended_at')) },
  ...COLUMNS,
  { heading: 'lasted', of: (row) => ageText(row.number('duration_ms')), side: 'right' },
  { heading: 'ending', of: (row) => row.text('cause') ?? row.text('ending') ?? UNKNOWN, least: 8, leave: 1 },
];

/** Until the first answer. */
function answered(row: Part): string {
  const answer_ms = row.number('first_answer_ms');
  return answer_ms === undefined ? 'never' : tookText(answer_ms);
}

const FLOWS = { path: '/api/v1/flows', rows: 'flows', pagedBy: 'cursor' } as const;

export const LIVE_FLOWS: List = { ...FLOWS, columns: LIVE_COLUMNS, none: 'no live flow' };
export const ENDED_FLOWS: List = { ...FLOWS, columns: ENDED_COLUMNS, none: 'no flow that has ended' };
