// Maps values to places on an axis, and chooses the marks of the axis. Pure.
import { formatTick } from '../shared/numbers.js';

export interface Tick {
  readonly value: number;
  readonly text: string;
}

export interface Scale {
  /** The place of a value in pixels; it stays within the axis, whatever the value. */
  at(value: number): number;
  readonly ticks: readonly Tick[];
}

/** A smaller maximum counts as 0 on an axis from 0. */
const LEAST = 1e-9;

/** Where an axis begins and ends, in pixels. */
export type Extent = readonly [from: number, to: number];

const STEPS = [1, 2, 5, 10];
/** Most decades of a logarithmic axis: with more it could not be read. */
const DECADES_MAX = 12;

/** The place at `share` of the axis, from 0 to 1; it stays within the axis. */
export const place = ([from, to]: Extent, share: number): number =>
  from + (to - from) * (Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share)));

const tick = (value: number): Tick => ({ value, text: formatTick(value) });

/** From 0 to the first mark at or above `max`, in at most `steps` steps of 1, 2 or 5 times a power of ten. */
export function linearScale(max: number, extent: Extent, steps = 4): Scale {
  const top = Number.isFinite(max) && max > LEAST ? max : 1;
  const power = 10 ** Math.floor(Math.log10(top / steps));
  // Rounding errors are allowed for: 0.3 ÷ 0.1 is a bit less than 3.
  const count = (step: number): number => Math.ceil(top / step - 1e-9);
  const step = (STEPS.find((factor) => count(factor * power) <= steps) ?? 10) * power;
  const ticks = Array.from({ length: count(step) + 1 }, (_, index) => tick(Number((index * step).toPrecision(12))));
  const end = ticks[ticks.length - 1].value;
  return { at: (value) => place(extent, value / end), ticks };
}

/**
 * A logarithmic axis over all values above 0. It begins and ends at 1, 2 or 5 times a power of ten, and is marked at the
 * powers of ten, or at all of these where there are few. Values that are too small for the axis lie at its beginning.
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

/** The marks from the last one at or below `min` to the first at or above `max`; at least two. */
function marksBetween(min: number, max: number): number[] {
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)) + 1; power += 1) {
    for (const factor of [1, 2, 5]) all.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  const first = all.findLastIndex((mark) => mark <= min);
  const last = all.findIndex((mark, index) => index > first && mark >= max);
  return all.slice(Math.max(0, first), last + 1);
}
