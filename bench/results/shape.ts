// What a file of results must contain for the bench to read it. The summary is not checked, since it is made again. Pure.
import {
  isAmount,
  isAnything,
  isDate,
  isMeasured,
  isNumber,
  isPositive,
  isText,
  listOf,
  optional,
  recordOf,
  shape,
} from './check.js';

/** Bound of the lists of subjects (with each number of workers), of loads and of comparisons. */
const PARTS_MAX = 100;
const CURVE_MAX = 100;
/** Bound of subjects × rounds, and of subjects × rounds × comparisons. */
const TRIALS_MAX = 10_000;
const STARTS_MAX = 10_000;
/** Failures of one subject in one round, by load and cause. */
const FAILURES_MAX = 10_000;

const isCpu = shape({ user: isAmount, system: isAmount });
const isKernelMemory = shape({ all: isMeasured, unreclaimable: isMeasured, queues: isMeasured });
const ofSubject = { subject: isText, workers: isAmount };
const withFailures = {
  failures: listOf(shape({ subject: isText, load: isText, cause: isText, count: isAmount }), FAILURES_MAX),
};

const isMeasurement = shape({
  ...ofSubject,
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
  counts: shape({ segments: isMeasured, switches: optional(isAmount) }),
  idle: optional(
    shape({
      pssBefore: isNumber,
      pss: isNumber,
      rssBefore: isNumber,
      rss: isNumber,
      steps: listOf(shape({ connections: isAmount, pss: isNumber, rss: isNumber }), CURVE_MAX),
      kernel: isKernelMemory,
      kernelAlone: isKernelMemory,
    }),
  ),
});

const isSide = shape({
  ...{ verified: isAmount, cpu: isCpu, pss: isNumber },
  latency: optional(shape({ p50: isAmount, p99: isAmount })),
});
const isComparison = shape({
  ...{ ...ofSubject, comparison: isText, without: isSide, with: isSide },
  crowd: optional(isAmount),
});

const isBase = shape({
  ...ofSubject,
  starts: listOf(shape({ accepts_ms: isAmount, carries_ms: isAmount, pss: isAmount, rss: isAmount }), STARTS_MAX),
  calm_percent: optional(isAmount),
  calm_wakes: optional(isAmount),
});

const isSyscalls = shape({ ...ofSubject, connections: isAmount, calls: recordOf(isAmount) });

const isTitled = shape({ name: isText, title: isText });

export const isResults = shape({
  format: isNumber,
  began: isDate,
  machine: shape({ cores: isAmount, processor: isText, kernel: isText, node: isText }),
  options: recordOf(isAnything),
  subjects: listOf(shape({ name: isText, version: isText, workers: isAmount }), PARTS_MAX),
  loads: listOf(isTitled, PARTS_MAX),
  comparisons: listOf(isTitled, PARTS_MAX),
  measured: shape({
    trials: listOf(shape({ measurements: listOf(isMeasurement, PARTS_MAX), ...withFailures }), TRIALS_MAX),
    comparisons: listOf(shape({ measurement: optional(isComparison), ...withFailures }), TRIALS_MAX),
    base: optional(
      shape({
        extent: shape({ starts: isAmount, calm_s: isAmount, settle_s: isAmount }),
        measurements: listOf(isBase, PARTS_MAX),
        ...withFailures,
      }),
    ),
    syscalls: optional(
      shape({
        concurrency: isAmount,
        measurements: listOf(isSyscalls, PARTS_MAX),
        refusal: optional(isText),
        ...withFailures,
      }),
    ),
  }),
});
