// What every plot has in common: its size, short texts, and the lines of an axis.
import { type Markup, markup } from './markup.js';
import type { Scale } from './scale.js';

/** Pixels of the drawing; the page scales it. Narrow enough to be read on a phone. */
export const WIDTH = 440;
/** A text's baseline below the middle of its line. */
export const BASELINE_SHIFT = 4;

/** The longest label; the whole of it is in the title. */
const LABEL_MAX = 18;

export const shorten = (text: string, most = LABEL_MAX): string =>
  [...text].length <= most ? text : `${[...text].slice(0, most - 1).join('')}…`;

/** `description` is for those who cannot see it. */
export const drawing = (height: number, description: string, content: readonly Markup[]): Markup =>
  markup`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${description}">${content}</svg>`;

/** Upright lines from `top` to `bottom` with the values below. */
export const uprightTicks = ({ at, ticks }: Scale, top: number, bottom: number): Markup[] =>
  ticks.map(
    ({ value, text }) =>
      markup`<path class="grid" d="M${at(value)} ${top}V${bottom}"/><text class="tick" x="${at(value)}" y="${bottom + 14}" text-anchor="middle">${text}</text>`,
  );

/** Level lines from `left` to `right` with the values before them. */
export const levelTicks = ({ at, ticks }: Scale, left: number, right: number): Markup[] =>
  ticks.map(
    ({ value, text }) =>
      markup`<path class="grid" d="M${left} ${at(value)}H${right}"/><text class="tick" x="${left - 6}" y="${at(value) + BASELINE_SHIFT}" text-anchor="end">${text}</text>`,
  );
