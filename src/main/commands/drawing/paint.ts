// Pieces of text with a style as the bytes for a terminal. The styles are the only escape sequences. Pure.
import { clipped, columnsOf } from './width.js';

export type Style = 'plain' | 'strong' | 'bad' | 'good' | 'bar' | 'faint';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** A line of the screen, from left to right. */
export type Spans = readonly Span[];

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style });

/** SGR parameters (ECMA-48 section 8.3.117). */
const COLOURED: Readonly<Record<Style, string>> = {
  plain: '',
  strong: '1',
  bad: '31',
  good: '32',
  bar: '7',
  faint: '2',
};
/** The same for who wants no colours (https://no-color.org). */
const UNCOLOURED: Readonly<Record<Style, string>> = { plain: '', strong: '1', bad: '1', good: '', bar: '7', faint: '' };

export function painted(line: Spans, hasColours: boolean): string {
  const codes = hasColours ? COLOURED : UNCOLOURED;
  return line.map(({ text, style }) => (codes[style] === '' ? text : `\x1b[${codes[style]}m${text}\x1b[0m`)).join('');
}

/** What there is room for. */
export function cutTo(line: Spans, columns: number): Spans {
  const kept: Span[] = [];
  let room = columns;
  for (const { text, style } of line) {
    if (room <= 0) break;
    const shown = clipped(text, room);
    kept.push({ text: shown, style });
    room -= columnsOf(shown);
  }
  return kept;
}

export const widthOf = (line: Spans): number => line.reduce((sum, { text }) => sum + columnsOf(text), 0);

/** Two parts at both ends of a line; the right one goes where there is no room for both. */
export function apart(left: Spans, right: Spans, columns: number): Spans {
  const gap = columns - widthOf(left) - widthOf(right);
  return gap < 1 ? cutTo(left, columns) : [...left, span(' '.repeat(gap)), ...right];
}
