// Times for people.
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A time for people, in the largest unit of which there are at least two. */
export function shownSpan(time_ms: number): string {
  if (time_ms < 2 * SECOND_MS) return `${Math.round(time_ms)} ms`;
  if (time_ms < 2 * MINUTE_MS) return `${Math.round(time_ms / SECOND_MS)} s`;
  if (time_ms < 2 * HOUR_MS) return `${Math.round(time_ms / MINUTE_MS)} min`;
  return `${Math.round(time_ms / HOUR_MS)} h`;
}

/** What rounds to nothing, and is not. */
const isLittle = (time_ms: number): boolean => time_ms > 0 && time_ms < 0.05;

/** In milliseconds, with a decimal; a dash for none. What took a little is never shown as nothing. */
export const shownMs = (time_ms: number | undefined): string =>
  time_ms === undefined ? '-' : isLittle(time_ms) ? '<0.1' : time_ms.toFixed(1);
