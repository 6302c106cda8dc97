// Lines as a table.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, shareText, tookText, UNKNOWN } from '../drawing/figures.js';
import type { Column } from '../drawing/table.js';
import type { List } from './list.js';

const count = (row: Part, key: string): string => String(row.number(key) ?? UNKNOWN);

export const LINE_COLUMNS: readonly Column<Part>[] = [
  { heading: 'line', of: (row) => row.text('line') ?? UNKNOWN, least: 6 },
  { heading: 'state', of: stateText, least: 23 },
  { heading: 'udp', of: udpText, least: 8, leave: 6, mayBeEmpty: true },
  { heading: 'tier', of: (row) => count(row, 'tier'), side: 'right', leave: 4 },
  { heading: 'wins', of: (row) => count(row, 'wins'), side: 'right' },
  { heading: 'share', of: (row) => shareText(row.number('win_share')), side: 'right' },
  { heading: 'rescues', of: (row) => count(row, 'rescues'), side: 'right', leave: 3 },
  { heading: 'failed', of: (row) => count(row, 'failures'), side: 'right', leave: 5 },
  { heading: 'connects', of: (row) => tookText(row.number('connect_ms')), side: 'right' },
  { heading: 'answers', of: (row) => tookText(row.number('first_byte_ms')), side: 'right', leave: 2 },
  { heading: 'up', of: (row) => bytesText(row.number('bytes_up')), side: 'right', leave: 1 },
  { heading: 'down', of: (row) => bytesText(row.number('bytes_down')), side: 'right', leave: 1 },
];

/** `up`; else what is wrong with it, and what an operator has set. */
function stateText(row: Part): string {
  return [
    healthText(row),
    ...(row.is('paused') ? ['paused'] : []),
    ...(row.is('pinned') ? ['pinned'] : []),
    ...(row.is('answers_early') ? ['answers early'] : []),
    ...(row.parts('budgets').some((budget) => budget.is('spent')) ? ['budget spent'] : []),
  ].join(', ');
}

function healthText(row: Part): string {
  const health = row.text('health');
  if (health === 'down') {
    const for_ms = row.part('circuit').number('for_ms');
    return for_ms === 0 ? 'down (a trial is due)' : `down (again in ${ageText(for_ms)})`;
  }
  if (health === 'link-down') {
    const fault = row.part('link').text('fault');
    return fault === undefined ? 'link down' : `link down (${fault})`;
  }
  return health ?? UNKNOWN;
}

const UDP_WORDS: ReadonlyMap<string, string> = new Map([
  ['not-asked', 'not asked'],
  ['no-command', 'no'],
]);

/** What it makes of datagrams: `relays`, `unreachable 12 s ago`. Empty of a gateway that does not tell. */
function udpText(row: Part): string {
  const udp = row.part('udp');
  const state = udp.text('state');
  if (state === undefined) return '';
  const isTold = state === 'unreachable' || state === 'fails' || state === 'refuses';
  return [
    `${UDP_WORDS.get(state) ?? state}${isTold ? ` ${ageText(udp.number('ago_ms'))} ago` : ''}`,
    ...(udp.has('silent_ms') ? ['silent'] : []),
  ].join(', ');
}

/** Whether it cannot be used now. */
export const isWrong = (row: Part): boolean => row.has('health') && row.text('health') !== 'up';

export const LINES: List = {
  ...{ path: '/api/v1/lines', rows: 'lines', columns: LINE_COLUMNS, pagedBy: undefined },
  none: 'no line',
};
