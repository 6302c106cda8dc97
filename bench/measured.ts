// All that a run has measured, and what it comes to: medians of its rounds and starts. Pure.
import type { BaseResult } from './base.js';
import { type BaseRow, summariseBase } from './base-table.js';
import type { ComparisonResult } from './compare.js';
import { type ComparisonRow, summariseComparisons } from './comparison-table.js';
import type { Failure } from './participation.js';
import { type Row, summarise } from './summary.js';
import type { SyscallsResult } from './syscalls.js';
import { type SyscallsRow, summariseSyscalls } from './syscalls-table.js';
import type { TrialResult } from './trial.js';

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
