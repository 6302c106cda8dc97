// All that a run has measured, and its summary: medians of rounds and starts. Pure.
import { type BaseRow, summariseBase } from './base-rows.js';
import { type ComparisonRow, summariseComparisons } from './comparison-rows.js';
import type { BaseResult, ComparisonResult, Failure, SyscallsResult, TrialResult } from './measurements.js';
import { type Row, summarise } from './summary.js';
import { type SyscallsRow, summariseSyscalls } from './syscalls-rows.js';

export interface Measured {
  readonly trials: readonly TrialResult[];
  readonly comparisons: readonly ComparisonResult[];
  /** Undefined when it was not asked for; the same holds for system calls. */
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
