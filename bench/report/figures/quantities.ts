// The quantities of a load's rows, with their units. A load that is not known here gets the quantities that all loads
// have.
import type { Row } from '../../results/summary.js';
import { mibOf } from '../../tables/columns.js';

export interface Quantity<Some> {
  /** Used as a title, or before a colon: `CPU per connection`. */
  readonly title: string;
  readonly unit: string;
  of(row: Some): number;
}

export interface Quantities {
  /** The unit of work: connection, round trip, GB. */
  readonly each: string;
  readonly rate: Quantity<Row>;
  readonly cpu: Quantity<Row>;
  /** From microseconds to the unit of `cpu`. */
  readonly cpuFactor: number;
  /** From connections, round trips or GB a second to the unit of `rate`. */
  readonly rateFactor: number;
}

export const MEMORY_EACH: Quantity<Row> = {
  title: 'Memory per connection',
  unit: 'KiB (PSS)',
  of: ({ memory }) => memory?.pssEach ?? Number.NaN,
};
export const KERNEL_EACH: Quantity<Row> = {
  title: 'Kernel memory per connection',
  unit: 'KiB',
  of: ({ memory }) => memory?.kernelShare ?? Number.NaN,
};
const MEMORY_BEFORE: Quantity<Row> = {
  title: 'Memory before any connection',
  unit: 'MiB (PSS)',
  of: ({ memory }) => mibOf(memory?.base ?? Number.NaN),
};
const P50: Quantity<Row> = { title: 'p50', unit: 'ms', of: ({ latency }) => latency.p50 };
const P999: Quantity<Row> = { title: 'p99.9', unit: 'ms', of: ({ latency }) => latency.p999 };
const P99: Quantity<Row> = { title: 'p99', unit: 'ms', of: ({ latency }) => latency.p99 };

export const isIdle = (load: string): boolean => load === 'idle';

function counted(each: string, rate: string, unit = 'per second', rateFactor = 1, cpuUnit = 'µs', cpuFactor = 1) {
  return {
    each,
    rateFactor,
    cpuFactor,
    rate: { title: rate, unit, of: (row) => row.rate * rateFactor },
    cpu: { title: `CPU per ${each}`, unit: cpuUnit, of: ({ cpu }) => cpu.total * cpuFactor },
  } satisfies Quantities;
}

const CONNECT: Quantities = counted('connection', 'Connections');
const PING: Quantities = counted('round trip', 'Round trips');
const BULK: Quantities = counted('GB', 'Throughput', 'Gbit/s', 8, 's', 1e-6);
const OTHER: Quantities = counted('unit', 'Units');

const isOf = (load: string, kind: string): boolean => load === kind || load.startsWith(`${kind}-`);

export function quantitiesOf(load: string): Quantities {
  if (['connect', 'closed', 'open'].some((kind) => isOf(load, kind)) || isIdle(load)) return CONNECT;
  if (isOf(load, 'ping')) return PING;
  return isOf(load, 'bulk') ? BULK : OTHER;
}

/** Empty for bulk, of which these counts say little. */
export function countsOf(load: string): Quantity<Row>[] {
  if (isOf(load, 'bulk')) return [];
  const { each } = quantitiesOf(load);
  return [
    { title: `Context switches per ${each}`, unit: '', of: ({ switches }) => switches },
    { title: `TCP segments per ${each}`, unit: '', of: ({ segments }) => segments },
  ];
}

/** The quantities to show first, as far as any of the load's rows has them. */
export function mainQuantitiesOf(load: string, rows: readonly Row[]): Quantity<Row>[] {
  const { rate, cpu } = quantitiesOf(load);
  const memory = [MEMORY_EACH, KERNEL_EACH, MEMORY_BEFORE];
  // The rate of an open loop is the bench's choice.
  const figures = isOf(load, 'open') ? [cpu, P50, P99, P999] : [cpu, rate, P50, P99, ...memory];
  const all = isIdle(load) ? memory : figures;
  return all.filter(({ of }) => rows.some((row) => of(row) !== 0 && Number.isFinite(of(row))));
}
