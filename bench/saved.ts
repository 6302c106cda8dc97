// A file of results read back. The summary is made anew from its measurements, so that what is shown does not depend on
// the version that wrote it.
import { readFileSync, statSync } from 'node:fs';
import {
  isAmount,
  isAnything,
  isDate,
  isNumber,
  isPositive,
  isText,
  listOf,
  optional,
  recordOf,
  shape,
} from './check.js';
import { FORMAT, type Results } from './results.js';
import { summarise } from './summary.js';

/** A full run of all subjects has some 300 kB. */
const SIZE_MAX = 16 * 2 ** 20;
/** Subjects with all their numbers of workers; loads. */
const PARTS_MAX = 100;
const CURVE_MAX = 100;
/** Subjects times rounds. */
const TRIALS_MAX = 10_000;
/** Of one subject in one round, by load and cause. */
const FAILURES_MAX = 10_000;

const isCpu = shape({ user: isAmount, system: isAmount });

const isMeasurement = shape({
  subject: isText,
  workers: isAmount,
  load: isText,
  outcome: shape({
    verified: isAmount,
    bytes: isAmount,
    elapsed_ms: isPositive,
    latency: shape({ p50: isAmount, p90: isAmount, p99: isAmount, p999: isAmount, max: isAmount }),
    curve: listOf(isAmount, CURVE_MAX),
    failures: recordOf(isAmount),
    cpu_us: isCpu,
  }),
  cpu: isCpu,
  idle: optional(
    shape({
      pssBefore: isNumber,
      pss: isNumber,
      rssBefore: isNumber,
      rss: isNumber,
      steps: listOf(shape({ connections: isAmount, pss: isNumber, rss: isNumber }), CURVE_MAX),
    }),
  ),
});

const isResults = shape({
  format: isNumber,
  began: isDate,
  machine: shape({ cores: isAmount, processor: isText, kernel: isText, node: isText }),
  options: recordOf(isAnything),
  subjects: listOf(shape({ name: isText, version: isText, workers: isAmount }), PARTS_MAX),
  loads: listOf(shape({ name: isText, title: isText }), PARTS_MAX),
  rounds: listOf(
    shape({
      measurements: listOf(isMeasurement, PARTS_MAX),
      failures: listOf(shape({ subject: isText, load: isText, cause: isText, count: isAmount }), FAILURES_MAX),
    }),
    TRIALS_MAX,
  ),
});

/** Throws an Error with a sentence for the user when the text is not what the bench writes. */
export function parseResults(text: string, baseline: string): Results {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`not JSON: ${(error as Error).message}`);
  }
  const { format } = Object(value) as Partial<Results>;
  if (typeof format === 'number' && format !== FORMAT) {
    throw new Error(`results of format ${format}: this version of the bench reads format ${FORMAT}`);
  }
  const fault = isResults(value, '');
  if (fault !== undefined) throw new Error(`not results of the bench: ${fault.replace(/^: /, '')}`);
  const results = value as Results;
  return {
    ...results,
    summary: summarise(
      results.rounds.flatMap(({ measurements }) => measurements),
      baseline,
    ),
  };
}

export function readResults(path: string, baseline: string): Results {
  try {
    const { size } = statSync(path);
    if (size > SIZE_MAX) throw new Error(`${size} bytes: results have at most ${SIZE_MAX}`);
    return parseResults(readFileSync(path, 'utf8'), baseline);
  } catch (error) {
    throw new Error(`--from ${path}: ${(error as Error).message}`);
  }
}
