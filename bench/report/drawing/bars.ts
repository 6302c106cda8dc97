// A plot of one quantity: a row for each subject with its bar from 0, the values of single rounds below the bar, and the
// figures at the right. A logarithmic axis has no 0, so a dot stands for the bar.

import type { Look } from '../shared/looks.js';
import { type Markup, markup } from '../shared/markup.js';
import { formatNumber, formatRatio } from '../shared/numbers.js';
import { BASELINE_SHIFT, drawing, shorten, uprightTicks, WIDTH } from './frame.js';
import { linearScale, logScale, type Scale } from './scale.js';

export interface Bar {
  readonly look: Look;
  readonly value: number;
  /** The parts of `value`: itself alone, or two, of which the second is drawn fainter. */
  readonly parts: readonly number[];
  /** The value of each round, or of each start. */
  readonly rounds: readonly number[];
  /** The value ÷ the baseline's; undefined where there is no baseline. */
  readonly ratio: number | undefined;
}

export interface BarPlot {
  readonly title: string;
  readonly unit: string;
  /** The name of the subject that ratios refer to; undefined for no ratios. */
  readonly baseline: string | undefined;
  readonly bars: readonly Bar[];
}

const LEFT = 122;
const RIGHT = 308;
const VALUE_END = 366;
const TOP = 20;
const ROW = 27;
/** Distances from the top of a row. */
const BAR_TOP = 4;
const BAR_HEIGHT = 12;
const ROUNDS_AT = 21;
/** The longest name of the baseline that fits above its column. */
const BASELINE_MAX = 11;
const TINTS = [1, 0.5];
/** From this ratio of the largest to the smallest value on, small bars could not be seen on an axis from 0. */
const LOG_RATIO = 100;

function isLogarithmic(bars: readonly Bar[]): boolean {
  const positive = bars.map(({ value }) => value).filter((value) => value > 0);
  return bars.every(({ parts }) => parts.length === 1) && Math.max(...positive) > LOG_RATIO * Math.min(...positive);
}

function stack({ look, parts }: Bar, scale: Scale, top: number): Markup[] {
  let sum = 0;
  return parts.map((part, index) => {
    const from = scale.at(sum);
    sum += part;
    return markup`<rect x="${from}" y="${top}" width="${scale.at(sum) - from}" height="${BAR_HEIGHT}" fill="${look.colour}" fill-opacity="${TINTS[index]}"/>`;
  });
}

const dot = ({ look, value }: Bar, scale: Scale, top: number): Markup =>
  markup`<circle cx="${scale.at(value)}" cy="${top + BAR_HEIGHT / 2}" r="5" fill="${look.colour}"/>`;

/** The values of single rounds; undefined for one round, which has no spread. */
function roundMarks({ look, rounds }: Bar, scale: Scale, y: number): Markup | undefined {
  if (rounds.length < 2) return undefined;
  const places = rounds.map(scale.at);
  const dots = places.map((x) => markup`<circle cx="${x}" cy="${y}" r="1.9"/>`);
  return markup`<g class="rounds" fill="${look.colour}" stroke="${look.colour}"><path d="M${Math.min(...places)} ${y}H${Math.max(...places)}"/>${dots}</g>`;
}

function hover({ look, value, rounds }: Bar, unit: string): string {
  const spread = rounds.length < 2 ? '' : `; each: ${rounds.map(formatNumber).join(', ')}`;
  return `${look.label}: ${formatNumber(value)} ${unit}${spread}`;
}

/** Puts `text` at the right end of a column. */
const atEnd = (kind: string, end: number, y: number, text: string): Markup =>
  markup`<text class="${kind}" x="${end}" y="${y}" text-anchor="end">${text}</text>`;

function barRow(bar: Bar, unit: string, scale: Scale, logarithmic: boolean, top: number): Markup {
  const { look, value, ratio } = bar;
  const y = top + BAR_TOP + BAR_HEIGHT / 2 + BASELINE_SHIFT;
  return markup`<g>${[
    markup`<title>${hover(bar, unit)}</title><text x="0" y="${y}">${shorten(look.label)}</text>`,
    logarithmic ? dot(bar, scale, top + BAR_TOP) : stack(bar, scale, top + BAR_TOP),
    roundMarks(bar, scale, top + ROUNDS_AT),
    atEnd('value', VALUE_END, y, formatNumber(value)),
    ratio === undefined ? undefined : atEnd('ratio', WIDTH, y, formatRatio(ratio)),
  ]}</g>`;
}

export function barPlot({ title, unit, baseline, bars }: BarPlot): Markup {
  const values = bars.flatMap(({ value, rounds }) => [value, ...rounds]).filter(Number.isFinite);
  const logarithmic = isLogarithmic(bars);
  const extent = [LEFT, RIGHT] as const;
  const scale = logarithmic ? logScale(values, extent) : linearScale(Math.max(...values), extent);
  const bottom = TOP + bars.length * ROW;
  return drawing(bottom + 20, [title, unit].filter((part) => part !== '').join(', '), [
    ...uprightTicks(scale, TOP, bottom),
    ...(baseline === undefined ? [] : [atEnd('tick', WIDTH, 11, `× ${shorten(baseline, BASELINE_MAX)}`)]),
    ...bars.map((bar, index) => barRow(bar, unit, scale, logarithmic, TOP + index * ROW)),
  ]);
}
