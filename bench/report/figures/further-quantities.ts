// The quantities of comparisons, of the base section and of system calls.
import type { BaseRow } from '../../results/base-rows.js';
import type { ComparisonRow } from '../../results/comparison-rows.js';
import type { SyscallsRow } from '../../results/syscalls-rows.js';
import { mibOf } from '../../tables/columns.js';
import type { Quantity } from './quantities.js';

export const COMPARED_RATIO: Quantity<ComparisonRow> = {
  title: 'CPU, with ÷ without',
  unit: '×',
  of: ({ ratio }) => ratio,
};
export const COMPARED_CPU: Quantity<ComparisonRow> = {
  title: 'CPU per connection',
  unit: 'µs',
  of: (row) => row.with,
};
export const COMPARED_P99_RATIO: Quantity<ComparisonRow> = {
  title: 'p99, with ÷ without',
  unit: '×',
  of: ({ p99 }) => p99.ratio,
};
export const COMPARED_P99: Quantity<ComparisonRow> = { title: 'p99', unit: 'ms', of: ({ p99 }) => p99.with };
export const COMPARED_MEMORY: Quantity<ComparisonRow> = {
  title: 'Memory',
  unit: 'MiB (PSS)',
  of: ({ pss, pssGrowth }) => mibOf(pss + pssGrowth),
};

export const BASE_START: Quantity<BaseRow> = {
  title: 'Accepts after',
  unit: 'ms',
  of: ({ accepts_ms }) => accepts_ms,
};
export const BASE_MEMORY: Quantity<BaseRow> = { title: 'Memory', unit: 'MiB (PSS)', of: ({ pss }) => mibOf(pss) };
export const BASE_REST: Quantity<BaseRow> = {
  title: 'CPU at rest',
  unit: '% of a core',
  of: ({ calm_percent }) => calm_percent,
};

export const BASE_WAKES: Quantity<BaseRow> = {
  title: 'Wakes at rest',
  unit: 'per second',
  of: ({ calm_wakes }) => calm_wakes,
};

export const SYSTEM_CALLS: Quantity<SyscallsRow> = {
  title: 'System calls per connection',
  unit: '',
  of: ({ all }) => all,
};
