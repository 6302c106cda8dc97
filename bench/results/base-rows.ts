// What subjects take before anything is asked of them: one row for each, with the medians of its starts. Pure.
import type { BaseMeasurement, Start } from './measurements.js';
import { median } from './median.js';

export interface BaseRow extends Start {
  readonly subject: string;
  readonly workers: number;
  /** The values of each start, of which the row has the medians. */
  readonly each: readonly Start[];
  /** Percent of one core while nothing happens; NaN where it was not measured. */
  readonly calm_percent: number;
  /** Context switches a second meanwhile; NaN where they are not known. */
  readonly calm_wakes: number;
}

/** Subjects that never started have no row. */
export function summariseBase(measurements: readonly BaseMeasurement[]): BaseRow[] {
  return measurements
    .filter(({ starts, calm_percent }) => starts.length > 0 || calm_percent !== undefined)
    .map(({ subject, workers, starts, calm_percent = Number.NaN, calm_wakes = Number.NaN }) => {
      const middle = (key: keyof Start): number => median(starts.map((one) => one[key]));
      return {
        ...{ subject, workers, each: starts, calm_percent, calm_wakes },
        accepts_ms: middle('accepts_ms'),
        carries_ms: middle('carries_ms'),
        pss: middle('pss'),
        rss: middle('rss'),
      };
    });
}
