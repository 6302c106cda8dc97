// Histograms of times in memory that several threads read: buckets with fixed bounds, and the sum. They suit Prometheus, but are
// not cumulative: each time is counted in one bucket only, so that counting costs one search and two additions.

/** The upper bounds of the buckets in ms, each inclusive; a last bucket has no bound. For what the network takes. */
export const TIME_BOUNDS_MS: readonly number[] = [
  ...[1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000],
];

/** The same for the work of one turn of a thread. */
export const TURN_BOUNDS_MS: readonly number[] = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 1000];

export interface Histogram {
  readonly bounds_ms: readonly number[];
  /** How many times are in each bucket: one more than there are bounds. */
  readonly buckets: readonly number[];
  readonly count: number;
  readonly sum_ms: number;
}

/** Numbers that a histogram takes: its buckets, and the sum behind them. */
export const histogramLength = (bounds_ms: readonly number[]): number => bounds_ms.length + 2;

/** Counts one time. `at`: the place of the histogram in `values`. */
export function countTime(values: Float64Array, at: number, bounds_ms: readonly number[], time_ms: number): void {
  let bucket = 0;
  while (bucket < bounds_ms.length && time_ms > bounds_ms[bucket]) bucket += 1;
  values[at + bucket] += 1;
  values[at + bounds_ms.length + 1] += time_ms;
}

/** The histograms at the same place of several memories as one. */
export function readTimes(all: readonly Float64Array[], at: number, bounds_ms: readonly number[]): Histogram {
  const buckets = new Array<number>(bounds_ms.length + 1).fill(0);
  let [count, sum_ms] = [0, 0];
  for (const values of all) {
    for (let bucket = 0; bucket < buckets.length; bucket += 1) {
      buckets[bucket] += values[at + bucket];
      count += values[at + bucket];
    }
    sum_ms += values[at + buckets.length];
  }
  return { bounds_ms, buckets, count, sum_ms };
}

/** One histogram in memory of its own. */
export class TimeHistogram {
  readonly #values: Float64Array;
  readonly #bounds_ms: readonly number[];

  static create(bounds_ms: readonly number[]): SharedArrayBuffer {
    return new SharedArrayBuffer(histogramLength(bounds_ms) * 8);
  }

  /** `bounds_ms` as the memory was made with. */
  constructor(memory: SharedArrayBuffer, bounds_ms: readonly number[]) {
    this.#values = new Float64Array(memory);
    this.#bounds_ms = bounds_ms;
  }

  /** Only one thread counts. */
  count(time_ms: number): void {
    countTime(this.#values, 0, this.#bounds_ms, time_ms);
  }

  read(): Histogram {
    return readTimes([this.#values], 0, this.#bounds_ms);
  }
}
