// Reduces a cell's requests to a few figures. Pure.
import type { Visited } from '../requests/visit.js';

export interface Sample {
  readonly n: number;
  readonly succeeded: number;
  /** The number of failures by cause. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds to the first byte, of those that succeeded; NaN where none did. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  /** Mean distance from the mean. */
  readonly deviation: number;
}

export function sampleOf(visits: readonly Visited[]): Sample {
  const failures: Record<string, number> = {};
  for (const { failure } of visits) if (failure !== undefined) failures[failure] = (failures[failure] ?? 0) + 1;
  const times = visits.filter(({ failure }) => failure === undefined).map(({ ms }) => ms);
  times.sort((a, b) => a - b);
  const mean = average(times);
  return {
    n: visits.length,
    succeeded: times.length,
    failures,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    p99: percentile(times, 0.99),
    max: times.at(-1) ?? Number.NaN,
    mean,
    deviation: average(times.map((ms) => Math.abs(ms - mean))),
  };
}

/** The value that `share` of all values do not exceed. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
