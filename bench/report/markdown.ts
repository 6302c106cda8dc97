// The main figures as a Markdown table below a line with their conditions.
import type { Results } from '../results/results.js';
import { visible } from '../results/visible.js';
import { conditionsOf } from './figures/conditions.js';
import { type Figures, figuresOf, type Line } from './figures/figures.js';
import { formatNumber, formatRatio } from './shared/numbers.js';

/** Escapes what would be more than text in a cell. */
const escapeCell = (text: string): string => visible(text).replace(/[\\|`*_[\]<>~]/g, (character) => `\\${character}`);

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function lineOf(
  { title: quantity, unit, cells }: Line,
  title: string | undefined,
  references: Figures['references'],
): string {
  const name = quantity.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const what = title === undefined ? `… ${name}` : `${title} – ${name}`;
  const ratios = references.map((_, index) => cells[0]?.ratios[index]);
  return row([
    escapeCell(unit === '' ? what : `${what}, ${unit}`),
    ...cells.map((cell) => (cell === undefined ? '–' : formatNumber(cell.value))),
    ...ratios.map((ratio) => (ratio === undefined ? '–' : formatRatio(ratio))),
  ]);
}

/** The ratios are the first subject's. */
export function formatMarkdown(results: Results): string {
  const { columns, references, groups } = figuresOf(results);
  if (columns.length === 0) return 'Nothing was measured.\n';
  const { date, size, rounds, versions } = conditionsOf(results);
  const programs = versions.map(({ name, version }) => `${name} ${version}`).join(', ');
  const first = columns[0].label;
  const heads = [...columns.map(({ label }) => label), ...references.map(({ name }) => `${first} ÷ ${name}`)];
  const lines = groups.flatMap(({ title, lines }) =>
    lines.map((line, index) => lineOf(line, index === 0 ? title : undefined, references)),
  );
  return [
    `Measured on ${date.slice(0, 10)}: ${escapeCell(`${size}, loopback, ${rounds}`)};`,
    `${escapeCell(programs)}.`,
    'CPU time is the subject’s own, user and system.',
    '',
    row(['load', ...heads.map(escapeCell)]),
    row(['---', ...heads.map(() => '---:')]),
    ...lines,
    '',
  ].join('\n');
}
