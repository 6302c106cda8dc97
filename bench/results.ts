// The results as a JSON file: every single measurement with what it was made on, for reports and comparisons later.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import type { ComparisonRow } from './comparison-table.js';
import type { Measured } from './measuring.js';
import type { BenchOptions } from './options.js';
import { PACKAGE_ROOT } from './package-root.js';
import type { Entrant } from './plan.js';
import type { Row } from './summary.js';
import type { SyscallsRow } from './syscalls-table.js';

export interface Summary {
  readonly loads: readonly Row[];
  readonly comparisons: readonly ComparisonRow[];
  readonly syscalls: readonly SyscallsRow[];
}

/** Goes up with every change that a reader of these files would notice. */
const FORMAT = 2;

/** What figures were made on. */
export function machine() {
  return { cores: availableParallelism(), processor: cpus()[0]?.model, kernel: release(), node: process.version };
}

/** Writes `results` to `file`, or beside those of other runs under a name that begins so; returns the path. */
export function writeResults(file: string | undefined, name: string, results: object): string {
  const path = file ?? join(PACKAGE_ROOT, 'bench/results', `${name.replaceAll(':', '-')}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 1)}\n`);
  return path;
}

/** Returns the file's path. */
export function saveResults(
  options: BenchOptions,
  entrants: readonly Entrant[],
  { trials, comparisons, base, syscalls }: Measured,
  summary: Summary,
  began: Date,
): string {
  return writeResults(options.json, began.toISOString(), {
    format: FORMAT,
    began: began.toISOString(),
    machine: machine(),
    options,
    subjects: entrants.map(({ peer, version, workers }) => ({ name: peer.name, version, workers })),
    summary: summary.loads,
    rounds: trials,
    comparisons: { summary: summary.comparisons, rounds: comparisons },
    base,
    syscalls: syscalls && { summary: summary.syscalls, ...syscalls },
  });
}
