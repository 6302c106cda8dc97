// The results as a JSON file: every single measurement with what it was made on, for reports and comparisons later.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import type { BenchOptions } from './options.js';
import { PACKAGE_ROOT } from './package-root.js';
import type { Entrant } from './plan.js';
import type { Row } from './summary.js';
import type { TrialResult } from './trial.js';

/** Goes up with every change that a reader of these files would notice. */
const FORMAT = 1;

/** Returns the file's path. */
export function saveResults(
  options: BenchOptions,
  entrants: readonly Entrant[],
  rounds: readonly TrialResult[],
  summary: readonly Row[],
  began: Date,
): string {
  const file = options.json ?? join(PACKAGE_ROOT, 'bench/results', `${began.toISOString().replaceAll(':', '-')}.json`);
  const results = {
    format: FORMAT,
    began: began.toISOString(),
    machine: {
      cores: availableParallelism(),
      processor: cpus()[0]?.model,
      kernel: release(),
      node: process.version,
    },
    options,
    subjects: entrants.map(({ peer, version, workers }) => ({ name: peer.name, version, workers })),
    summary,
    rounds,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  return file;
}
