// The results as a JSON file: every single measurement with its conditions, for later reports and comparisons.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plan } from '../plan/plan.js';
import { PACKAGE_ROOT } from '../shared/package-root.js';
import { type Measured, type Summary, summaryOf } from './measured.js';
import type { Machine, Subject, Titled } from './measurements.js';

/** Raised with every change that a reader of these files would notice. */
export const FORMAT = 4;

export interface Results {
  readonly format: typeof FORMAT;
  /** In the format of Date.toISOString. */
  readonly began: string;
  readonly machine: Machine;
  /** The options of the command line by name; undefined where not given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly subjects: readonly Subject[];
  readonly loads: readonly Titled[];
  readonly comparisons: readonly Titled[];
  readonly summary: Summary;
  readonly measured: Measured;
}

/** The machine that this process runs on. */
export function machine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    kernel: release(),
    node: process.version,
  };
}

const titled = ({ name, title }: Titled): Titled => ({ name, title });

export function resultsOf(plan: Plan, options: object, measured: Measured, baseline: string, began: Date): Results {
  return {
    format: FORMAT,
    began: began.toISOString(),
    machine: machine(),
    options: { ...options },
    subjects: plan.entrants.map(({ peer, version, workers }) => ({ name: peer.name, version, workers })),
    loads: plan.loads.map(titled),
    comparisons: plan.comparisons.map(titled),
    summary: summaryOf(measured, baseline),
    measured,
  };
}

/** Writes `text` to `path` and makes missing directories. */
export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Writes `results` to `file`, or into bench/results/ under `name` and .json; returns the path. */
export function writeResults(file: string | undefined, name: string, results: object): string {
  const path = file ?? join(PACKAGE_ROOT, 'bench/results', `${name.replaceAll(':', '-')}.json`);
  writeText(path, `${JSON.stringify(results, undefined, 1)}\n`);
  return path;
}
