// The screen of `tcproute status`: lines of text for a width. Pure.
import type { Part } from '../admin/part.js';
import { ageText, bytesText, shareText, UNKNOWN } from '../drawing/figures.js';
import { type Column, tableLines } from '../drawing/table.js';
import { clipped } from '../drawing/width.js';
import { LINE_COLUMNS } from '../lists/lines.js';
import { datagramsOf, figuresOf, resourcesOf, titleOf, toldIn, type Wrong, wrongIn } from './overview.js';

/** Rows of lines: more are for `tcproute lines`. */
const LINES_MAX = 12;
const LISTENERS_MAX = 8;
const INDENT = '  ';

/** `lines`: those of the API; undefined where it has not told them. `traffic`: of the last second. `now`: ms since 1970. */
export function statusText(
  status: Part,
  lines: readonly Part[] | undefined,
  traffic: Part | undefined,
  now: number,
  width: number,
): readonly string[] {
  const wrong = wrongIn(status);
  const sentences = (all: readonly Wrong[]): readonly string[] => all.map((one) => INDENT + sentenceOf(one, now));
  const told = toldIn(status);
  const datagrams = datagramsOf(status, traffic);
  const state = wrong.length === 0 ? 'all is well' : `${wrong.length} wrong`;
  const text = [
    `${titleOf(status)}: ${state}`,
    ...sentences(wrong),
    '',
    ...part('connections', [figuresOf(status, traffic).join('   ')]),
    ...part('datagrams', datagrams.length === 0 ? [] : [datagrams.join('   ')]),
    ...part('process', [resourcesOf(status).join('   ')]),
    ...part('listeners', tableOf(LISTENER_COLUMNS, status.parts('listeners'), LISTENERS_MAX, width)),
    ...(lines === undefined ? [] : part('lines', tableOf(LINE_COLUMNS, lines, LINES_MAX, width))),
    ...part('budgets', tableOf(BUDGET_COLUMNS, status.parts('budgets'), LISTENERS_MAX, width)),
    ...(told.length === 0 ? [] : ['to know', ...sentences(told)]),
  ];
  return text.map((line) => clipped(line, width));
}

function sentenceOf({ sentence, since }: Wrong, now: number): string {
  return since === undefined ? sentence : `${sentence} (for ${ageText(now - since)})`;
}

const part = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => INDENT + line)];

function tableOf(
  columns: readonly Column<Part>[],
  rows: readonly Part[],
  most: number,
  width: number,
): readonly string[] {
  if (rows.length === 0) return [];
  const more = rows.length > most ? [`and ${rows.length - most} more`] : [];
  return [...tableLines(columns, rows.slice(0, most), width - INDENT.length), ...more];
}

const count = (row: Part, key: string): string => String(row.number(key) ?? UNKNOWN);

const LISTENER_COLUMNS: readonly Column<Part>[] = [
  { heading: 'name', of: (row) => row.text('name') ?? UNKNOWN, least: 8 },
  { heading: 'place', of: (row) => row.text('address') ?? UNKNOWN, least: 12 },
  { heading: 'protocols', of: (row) => row.texts('protocols').join(' '), least: 9, leave: 1 },
  { heading: 'accepted', of: (row) => count(row, 'accepted'), side: 'right' },
  { heading: 'refused', of: (row) => count(row, 'refused'), side: 'right' },
  { heading: 'limited', of: (row) => count(row, 'limited'), side: 'right' },
];

const BUDGET_COLUMNS: readonly Column<Part>[] = [
  { heading: 'budget', of: (row) => row.text('name') ?? UNKNOWN, least: 8 },
  { heading: 'lines', of: (row) => row.texts('lines').join(', '), least: 8, leave: 1 },
  { heading: 'used', of: (row) => bytesText(row.number('bytes_used')), side: 'right' },
  { heading: 'of', of: (row) => bytesText(row.number('bytes_limit')), side: 'right' },
  { heading: '', of: (row) => shareText(usedOf(row)), side: 'right' },
  { heading: 'ends', of: (row) => (row.text('ends') ?? UNKNOWN).slice(0, '2000-01-01'.length) },
];

function usedOf(row: Part): number | undefined {
  const [used, limit] = [row.number('bytes_used'), row.number('bytes_limit')];
  return used === undefined || limit === undefined || limit === 0 ? undefined : used / limit;
}
