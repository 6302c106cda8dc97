// Latencies in constant memory: counts by logarithmic bucket, 64 to each doubling (within 1.6 %), in tenths of a
// microsecond up to seven minutes. The only single value that it keeps is the largest.

const SUB_BITS = 6;
const SUB = 1 << SUB_BITS;
const TENTHS_PER_MS = 10_000;
const VALUE_MAX = 2 ** 32 - 1;
const BUCKETS = (32 - SUB_BITS + 1) * SUB;

/** Values of a curve for each nine: the value number n is not exceeded by a share of 1 − 10^(−n ÷ 10) of all values. */
export const CURVE_STEPS = 10;
const CURVE_NINES = 4;

/** Values below 2 × SUB have a bucket of their own; above, the top seven bits choose it. */
function bucketOf(tenths: number): number {
  const shift = Math.max(0, 31 - Math.clz32(tenths) - SUB_BITS);
  return shift * SUB + (tenths >>> shift);
}

/** The middle of a bucket's range, in tenths of a microsecond. */
function middleOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / SUB) - 1);
  return (bucket - shift * SUB + 0.5) * 2 ** shift - (shift === 0 ? 0.5 : 0);
}

/** All in milliseconds; all 0 when nothing was recorded. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #largest_ms = 0;
  count = 0;

  record(ms: number): void {
    if (ms > this.#largest_ms) this.#largest_ms = ms;
    const tenths = Math.min(VALUE_MAX, Math.max(0, Math.round(ms * TENTHS_PER_MS)));
    this.#counts[bucketOf(tenths)] += 1;
    this.count += 1;
  }

  /** The value that `share` (0 to 1) of all values do not exceed, in milliseconds. */
  percentile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      seen += this.#counts[bucket];
      if (seen >= wanted) return Math.min(middleOf(bucket) / TENTHS_PER_MS, this.#largest_ms);
    }
    return 0;
  }

  percentiles(): Percentiles {
    return {
      p50: this.percentile(0.5),
      p90: this.percentile(0.9),
      p99: this.percentile(0.99),
      p999: this.percentile(0.999),
      max: this.#largest_ms,
    };
  }

  /** Milliseconds at every tenth of a nine, the smallest first, as long as any value lies beyond; at most 41. */
  curve(): number[] {
    if (this.count === 0) return [];
    const last = Math.min(CURVE_NINES * CURVE_STEPS, Math.floor(Math.log10(this.count) * CURVE_STEPS));
    return Array.from({ length: last + 1 }, (_, step) => this.percentile(1 - 10 ** (-step / CURVE_STEPS)));
  }
}
