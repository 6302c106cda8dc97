// From values to places on an axis, with the marks that it gets. Pure.
import { formatTick } from './numbers.js';

export interface Tick {
  readonly value: number;
  readonly text: string;
}

export interface Scale {
  /** Places are kept within the axis, whatever the value. */
  at(value: number): number;
  readonly ticks: readonly Tick[];
}

/** What is smaller is nothing, on an axis from 0. */
const LEAST = 1e-9;

/** Where an axis begins and ends, in pixels. */
export type Extent = readonly [from: number, to: number];

const STEPS = [1, 2, 5, 10];
/** Of a logarithmic axis: more would be no axis any more. */
const DECADES_MAX = 12;

/** `share` of the axis, kept within it. */
export const place = ([from, to]: Extent, share: number): number =>
  from + (to - from) * (Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share)));

const tick = (value: number): Tick => ({ value, text: formatTick(value) });

/** From 0 to the first mark at or beyond `max`, in at most so many steps of 1, 2 or 5 times a power of ten. */
export function linearScale(max: number, extent: Extent, steps = 4): Scale {
  const top = Number.isFinite(max) && max > LEAST ? max : 1;
  const power = 10 ** Math.floor(Math.log10(top / steps));
  // Divided with a grain of salt: 0.3 ÷ 0.1 is a bit less than 3.
  const count = (step: number): number => Math.ceil(top / step - 1e-9);
  const step = (STEPS.find((factor) => count(factor * power) <= steps) ?? 10) * power;
  const ticks = Array.from({ length: count(step) + 1 }, (_, index) => tick(Number((index * step).toPrecision(12))));
  const end = ticks[ticks.length - 1].value;
  return { at: (value) => place(extent, value / end), ticks };
}

/**
 * Logarithmic, over all values that are above 0, from 1, 2 or 5 times a power of ten to another. It is marked at the powers
 * of ten, or at all of these where there are few. Values too small for the axis lie at its beginning.
 */
export function logScale(values: readonly number[], extent: Extent): Scale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const max = positive.reduce((a, b) => Math.max(a, b), positive.length === 0 ? 1 : 0);
  const min = positive.reduce((a, b) => Math.min(a, b), max);
  const marks = marksBetween(Math.max(min, max / 10 ** DECADES_MAX), max);
  const decades = marks.filter((mark) => Number.isInteger(Number(Math.log10(mark).toPrecision(12))));
  const [low, high] = [Math.log10(marks[0]), Math.log10(marks[marks.length - 1])];
  return {
    at: (value) => place(extent, value > 0 ? (Math.log10(value) - low) / (high - low) : 0),
    ticks: (decades.length > 2 ? decades : marks).map(tick),
  };
}

/** From the last one at or below `min` to the first at or above `max`; at least two. */
function marksBetween(min: number, max: number): number[] {
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)) + 1; power += 1) {
    for (const factor of [1, 2, 5]) all.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  const first = all.findLastIndex((mark) => mark <= min);
  const last = all.findIndex((mark, index) => index > first && mark >= max);
  return all.slice(Math.max(0, first), last + 1);
}
