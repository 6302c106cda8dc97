// How many columns of a terminal a text takes, and texts that are cut or filled up to a number of columns. Pure. It makes no
// text safe to print: see protocol/text/plain-text.ts.
import { eastAsianWidth } from 'get-east-asian-width';

const ASCII = /^[\x20-\x7e]*$/;
/** What is drawn over the character before it: marks, and the later parts of a Hangul syllable. */
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
const CUT = '\u2026';

export function columnsOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

const columnsOfOne = (character: string): number =>
  NO_COLUMN.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) as number);

/** The text, or what there is room for of it with an ellipsis. */
export function clipped(text: string, columns: number): string {
  // A text has at least half as many characters as columns.
  if (text.length <= columns / 2 || columnsOf(text) <= columns) return text;
  if (columns <= 0) return '';
  let taken = '';
  let room = columns - 1;
  for (const character of text) {
    room -= columnsOfOne(character);
    if (room < 0) break;
    taken += character;
  }
  return taken + CUT;
}

export type Side = 'left' | 'right';

/** The text in exactly so many columns, at one side of them. */
export function fitted(text: string, columns: number, side: Side = 'left'): string {
  const shown = clipped(text, columns);
  const rest = ' '.repeat(Math.max(0, columns - columnsOf(shown)));
  return side === 'left' ? shown + rest : rest + shown;
}
