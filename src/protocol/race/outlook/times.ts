// Times as an outlook tells them: relative to now, with two decimals. Pure.

/** Undefined for what has never been. */
export const since = (at: number, now: number): number | undefined =>
  at === Number.NEGATIVE_INFINITY ? undefined : rounded(now - at);

export const rounded = (time_ms: number): number => Math.round(time_ms * 100) / 100;
