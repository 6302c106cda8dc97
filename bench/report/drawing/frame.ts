// What all plots have in common: their size, short texts, and the lines of an axis.
import { type Markup, markup } from '../shared/markup.js';
import type { Scale } from './scale.js';

/** Width of the drawing in pixels; the page scales it. Narrow enough to be read on a phone. */
export const WIDTH = 440;
/** Distance of a text's baseline below the middle of its line. */
export const BASELINE_SHIFT = 4;

/** Longest label; the hover title has the whole text. */
const LABEL_MAX = 18;

export const shorten = (text: string, most = LABEL_MAX): string =>
  [...text].length <= most ? text : `${[...text].slice(0, most - 1).join('')}…`;

/** `description` is for readers who cannot see the drawing. */
export const drawing = (height: number, description: string, content: readonly Markup[]): Markup =>
  markup`<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${description}">${content}</svg>`;

/** Upright lines from `top` to `bottom`, with their values below. */
export const uprightTicks = ({ at, ticks }: Scale, top: number, bottom: number): Markup[] =>
  ticks.map(
    ({ value, text }) =>
      markup`<path class="grid" d="M${at(value)} ${top}V${bottom}"/><text class="tick" x="${at(value)}" y="${bottom + 14}" text-anchor="middle">${text}</text>`,
  );

/** Level lines from `left` to `right`, with their values at the left. */
export const levelTicks = ({ at, ticks }: Scale, left: number, right: number): Markup[] =>
  ticks.map(
    ({ value, text }) =>
      markup`<path class="grid" d="M${left} ${at(value)}H${right}"/><text class="tick" x="${left - 6}" y="${at(value) + BASELINE_SHIFT}" text-anchor="end">${text}</text>`,
  );
