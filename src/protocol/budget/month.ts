// Months that begin on any day from 1 to 28, in the local calendar. Days are texts such as `2026-11-30`, in whose order they
// follow each other. Pure: it asks no clock, and knows no time zone.

/** A day of the local calendar: `YYYY-MM-DD`. */
export type Day = string;

/** From `begins` up to the day before `ends`. */
export interface Month {
  readonly begins: Day;
  readonly ends: Day;
}

/** The last day that every month of the year has. */
export const FIRST_DAY_MAX = 28;

const FORM = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

export const isDay = (text: string): text is Day => FORM.test(text);

/** `month`: 1 to 12. */
export function dayOf(year: number, month: number, day: number): Day {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** The month that `today` is in, where each begins on the day `first`: 1 to 28. */
export function monthOf(today: Day, first: number): Month {
  const [year, month, day] = today.split('-').map(Number) as [number, number, number];
  return day >= first
    ? { begins: beginOf(year, month, first), ends: beginOf(year, month + 1, first) }
    : { begins: beginOf(year, month - 1, first), ends: beginOf(year, month, first) };
}

/** `month`: 0 is the December before, and 13 the January after. */
function beginOf(year: number, month: number, first: number): Day {
  if (month === 0) return dayOf(year - 1, 12, first);
  return month === 13 ? dayOf(year + 1, 1, first) : dayOf(year, month, first);
}

const two = (number: number): string => String(number).padStart(2, '0');
