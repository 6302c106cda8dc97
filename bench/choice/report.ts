// The tables of the cells as Markdown. Pure.
import type { Table } from './cells/cell.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function formatTable({ title, notes, headings, rows }: Table): string {
  return [
    `### ${title}`,
    '',
    ...notes,
    '',
    row(headings),
    row(headings.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map(row),
    '',
    '',
  ].join('\n');
}
