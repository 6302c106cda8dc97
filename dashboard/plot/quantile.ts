// Quantiles of a histogram. Pure.

/** Counted are the times above the bucket before and at most `le_ms`; null: all that are longer. */
export interface Bucket {
  readonly le_ms: number | null;
  readonly count: number;
}

/** In ms, within the bucket by straight line; of the last one without a bound its lower one. NaN where nothing is counted. */
export function quantile(buckets: readonly Bucket[], part: number): number {
  const all = buckets.reduce((sum, { count }) => sum + count, 0);
  let before = 0;
  let low = 0;
  for (const { le_ms, count } of buckets) {
    if (count > 0 && before + count >= part * all) {
      return le_ms === null ? low : low + (le_ms - low) * ((part * all - before) / count);
    }
    before += count;
    low = le_ms ?? low;
  }
  return Number.NaN;
}
