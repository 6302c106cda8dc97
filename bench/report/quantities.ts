// What a load's rows are read by: which of their numbers, in which unit. Loads that are not known here are counted by
// what is true of all.
import type { Row } from '../summary.js';

export interface Quantity {
  /** Before a colon or as a title: `CPU per connection`. */
  readonly title: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  of(row: Row): number;
}

export interface Quantities {
  /** What is counted: connection, round trip, GB. */
  readonly each: string;
  readonly rate: Quantity;
  readonly cpu: Quantity;
  /** From microseconds to the unit of `cpu`. */
  readonly cpuFactor: number;
  /** From connections, round trips or GB a second to the unit of `rate`. */
  readonly rateFactor: number;
}

const MEMORY_EACH: Quantity = {
  title: 'Memory per connection',
  unit: 'KiB (PSS)',
  better: 'lower',
  of: ({ memory }) => memory?.pssEach ?? Number.NaN,
};
const MEMORY_BASE: Quantity = {
  title: 'Memory before any connection',
  unit: 'MiB (PSS)',
  better: 'lower',
  of: ({ memory }) => (memory?.base ?? Number.NaN) / 1024,
};
const P50: Quantity = { title: 'p50', unit: 'ms', better: 'lower', of: ({ latency }) => latency.p50 };
const P99: Quantity = { title: 'p99', unit: 'ms', better: 'lower', of: ({ latency }) => latency.p99 };

export const isIdle = (load: string): boolean => load === 'idle';

function counted(each: string, rate: string, unit = 'per second', rateFactor = 1, cpuUnit = 'µs', cpuFactor = 1) {
  return {
    each,
    rateFactor,
    cpuFactor,
    rate: { title: rate, unit, better: 'higher', of: (row) => row.rate * rateFactor },
    cpu: { title: `CPU per ${each}`, unit: cpuUnit, better: 'lower', of: ({ cpu }) => cpu.total * cpuFactor },
  } satisfies Quantities;
}

const CONNECT: Quantities = counted('connection', 'Connections');
const PING: Quantities = counted('round trip', 'Round trips');
const BULK: Quantities = counted('GB', 'Throughput', 'Gbit/s', 8, 's', 1e-6);
const OTHER: Quantities = counted('unit', 'Units');

const isOf = (load: string, kind: string): boolean => load === kind || load.startsWith(`${kind}-`);

export function quantitiesOf(load: string): Quantities {
  if (isOf(load, 'connect') || isIdle(load)) return CONNECT;
  if (isOf(load, 'ping')) return PING;
  return isOf(load, 'bulk') ? BULK : OTHER;
}

/** The ones to be told first, of those that any of the load's rows has. */
export function mainQuantitiesOf(load: string, rows: readonly Row[]): Quantity[] {
  const { rate, cpu } = quantitiesOf(load);
  const all = isIdle(load) ? [MEMORY_EACH, MEMORY_BASE] : [cpu, rate, P50, P99, MEMORY_EACH, MEMORY_BASE];
  return all.filter(({ of }) => rows.some((row) => of(row) !== 0 && Number.isFinite(of(row))));
}
