// Tables within a width.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Column, tableLines } from '../../../../src/main/commands/drawing/table.js';
import { columnsOf } from '../../../../src/main/commands/drawing/width.js';

interface Row {
  readonly name: string;
  readonly note: string;
  readonly count: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'name', of: ({ name }) => name, least: 4 },
  { heading: 'note', of: ({ note }) => note, least: 6, leave: 1 },
  { heading: 'count', of: ({ count }) => String(count), side: 'right' },
];
const ROWS: readonly Row[] = [
  { name: 'one', note: 'a long note of it', count: 7 },
  { name: '\u4e2d\u6587\u540d\u5b57', note: '', count: 12_345 },
];

test('where there is room each column is as wide as its widest cell', () => {
  assert.deepEqual(tableLines(COLUMNS, ROWS, Number.POSITIVE_INFINITY), [
    'name      note               count',
    'one       a long note of it      7',
    '\u4e2d\u6587\u540d\u5b57                     12345',
  ]);
});

test('where there is less the widest column is cut first', () => {
  assert.deepEqual(tableLines(COLUMNS, ROWS, 30), [
    'name      note           count',
    'one       a long note \u2026      7',
    '\u4e2d\u6587\u540d\u5b57                 12345',
  ]);
});

test('where there is little the column that matters least is left out', () => {
  assert.deepEqual(tableLines(COLUMNS, ROWS, 18), [
    'name      count',
    'one           7',
    '\u4e2d\u6587\u540d\u5b57  12345',
  ]);
  assert.deepEqual(tableLines(COLUMNS, ROWS, 11), ['name  count', 'one       7', '\u4e2d\u2026   12345']);
});

test('a column that may be empty is left out where no row has anything in it', () => {
  const mayBeEmpty = COLUMNS.map((column) =>
    column.heading === 'note' ? { ...column, mayBeEmpty: true as const } : column,
  );
  assert.match(tableLines(mayBeEmpty, ROWS, 80)[0], /^name +note +count$/);
  assert.deepEqual(tableLines(mayBeEmpty, ROWS.slice(1), 80), ['name      count', '\u4e2d\u6587\u540d\u5b57  12345']);
});

test('no line is wider than what there is, however little that is', () => {
  for (let width = 1; width < 40; width += 1)
    for (const line of tableLines(COLUMNS, ROWS, width)) assert.ok(columnsOf(line) <= width, `${width}: ${line}`);
});

test('a table without rows has its headings', () => {
  assert.deepEqual(tableLines(COLUMNS, [], 80), ['name  note  count']);
});
