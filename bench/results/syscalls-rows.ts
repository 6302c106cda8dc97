// System calls per connection: one row for each subject. Pure.
import type { SyscallsMeasurement } from './measurements.js';

export interface SyscallsRow {
  readonly subject: string;
  readonly workers: number;
  readonly connections: number;
  /** Calls per connection: all of them, and by name with the most frequent first. */
  readonly all: number;
  readonly each: readonly (readonly [name: string, count: number])[];
}

/** Subjects without a verified connection are left out. */
export function summariseSyscalls(measurements: readonly SyscallsMeasurement[]): SyscallsRow[] {
  return measurements
    .filter(({ connections }) => connections > 0)
    .map(({ subject, workers, connections, calls }) => {
      const each = Object.entries(calls)
        .map(([name, count]) => [name, count / connections] as const)
        .sort(([, a], [, b]) => b - a);
      return { subject, workers, connections, all: each.reduce((sum, [, count]) => sum + count, 0), each };
    });
}
