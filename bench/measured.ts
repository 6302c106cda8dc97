// All that a run has measured, and what it comes to: medians of its rounds and starts. Pure.
import { type BaseRow, summariseBase } from './results/base-rows.js';
import { type ComparisonRow, summariseComparisons } from './results/comparison-rows.js';
import type { BaseResult, ComparisonResult, Failure, SyscallsResult, TrialResult } from './results/measurements.js';
import { type SyscallsRow, summariseSyscalls } from './results/syscalls-rows.js';
import { type Row, summarise } from './summary.js';

export interface Measured {
  readonly trials: readonly TrialResult[];
  readonly comparisons: readonly ComparisonResult[];
  /** Undefined where they were not wanted. */
  readonly base: BaseResult | undefined;
  readonly syscalls: SyscallsResult | undefined;
}

export interface Summary {
  readonly loads: readonly Row[];
  readonly comparisons: readonly ComparisonRow[];
  readonly base: readonly BaseRow[];
  readonly syscalls: readonly SyscallsRow[];
}

export function failuresIn({ trials, comparisons, base, syscalls }: Measured): Failure[] {
  return [...trials, ...comparisons, base, syscalls].flatMap((result) => result?.failures ?? []);
}

export function summaryOf({ trials, comparisons, base, syscalls }: Measured, baseline: string): Summary {
  return {
    loads: summarise(
      trials.flatMap(({ measurements }) => measurements),
      baseline,
    ),
    comparisons: summariseComparisons(comparisons.flatMap(({ measurement }) => measurement ?? [])),
    base: summariseBase(base?.measurements ?? []),
    syscalls: summariseSyscalls(syscalls?.measurements ?? []),
  };
}
