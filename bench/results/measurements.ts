// The values that are measured: of each load, comparison and start, and of the machine and the subjects. Types only.
import type { BaseExtent } from '../plan/plan.js';
import type { CpuTime } from '../process/cost.js';
import type { Counts } from '../process/counts.js';
import type { KernelMemory } from '../process/kernel.js';
import type { MemoryUse } from '../process/proc.js';
import type { Percentiles } from '../shared/histogram.js';
import type { Outcome } from '../shared/messages.js';

export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly kernel: string;
  readonly node: string;
}

export interface Subject {
  readonly name: string;
  readonly version: string;
  /** Number of workers; 0 where it cannot be set. */
  readonly workers: number;
}

export interface Titled {
  readonly name: string;
  readonly title: string;
}

export interface Failure {
  readonly subject: string;
  readonly load: string;
  readonly cause: string;
  readonly count: number;
}

export interface Measurement {
  readonly subject: string;
  readonly workers: number;
  readonly load: string;
  readonly outcome: Outcome;
  /** CPU time of the subject during the load and until it was quiet again, in µs. */
  readonly cpu: CpuTime;
  readonly counts: Counts;
  /** In the idle load only. */
  readonly idle?: IdleMemory;
}

export interface CrowdStep extends MemoryUse {
  readonly connections: number;
}

/** In KiB. */
export interface CrowdMemory {
  readonly pssBefore: number;
  readonly pss: number;
  readonly rssBefore: number;
  readonly rss: number;
  /** The sizes of the crowd in order, the full one last. */
  readonly steps: readonly CrowdStep[];
  /** Growth of the kernel's memory, for the generator, the subject and the target together. */
  readonly kernel: KernelMemory;
}

export interface IdleMemory extends CrowdMemory {
  /** Growth of the kernel's memory with as many connections without a subject. */
  readonly kernelAlone: KernelMemory;
}

export interface TrialResult {
  readonly measurements: Measurement[];
  readonly failures: Failure[];
}

/** Both turns of a side added up. */
export interface Side {
  readonly verified: number;
  readonly cpu: CpuTime;
  /** In KiB, after the last turn. */
  readonly pss: number;
  /** Undefined in the results of an earlier version. */
  readonly latency?: SideLatency;
}

/** Of a connection, in milliseconds: the means of both turns. */
export type SideLatency = Pick<Percentiles, 'p50' | 'p99'>;

export interface ComparisonMeasurement {
  readonly subject: string;
  readonly workers: number;
  readonly comparison: string;
  readonly without: Side;
  readonly with: Side;
  /** Connections of the crowd that were there in the end; undefined without a crowd. */
  readonly crowd?: number;
}

export interface ComparisonResult {
  /** Undefined when the comparison could not be made. */
  readonly measurement: ComparisonMeasurement | undefined;
  readonly failures: readonly Failure[];
}

export interface Start {
  /** Milliseconds from the spawn until the subject accepts a connection, and until a connection has carried an echo. */
  readonly accepts_ms: number;
  readonly carries_ms: number;
  /** In KiB, after that connection. */
  readonly pss: number;
  readonly rss: number;
}

export interface BaseMeasurement {
  readonly subject: string;
  /** Number of connection actors; 0 where it cannot be set. */
  readonly workers: number;
  readonly starts: readonly Start[];
  /** Percent of one core while nothing happens; undefined when the subject did not start. */
  readonly calm_percent: number | undefined;
  /** Context switches a second of all its threads while nothing happens; undefined where a thread ended meanwhile. */
  readonly calm_wakes: number | undefined;
}

export interface BaseResult {
  readonly extent: BaseExtent;
  readonly measurements: readonly BaseMeasurement[];
  readonly failures: readonly Failure[];
}

export interface SyscallsMeasurement {
  readonly subject: string;
  readonly workers: number;
  readonly connections: number;
  /** Number of all calls together, by name. */
  readonly calls: Readonly<Record<string, number>>;
}

export interface SyscallsResult {
  /** Connections at a time. */
  readonly concurrency: number;
  readonly measurements: readonly SyscallsMeasurement[];
  readonly failures: readonly Failure[];
  /** Why strace could not be attached, after which nothing more was counted; undefined if it could. */
  readonly refusal: string | undefined;
}
