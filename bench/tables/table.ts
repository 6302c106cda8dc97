// The summary as text: one table for each load.
import type { Titled } from '../results/measurements.js';
import type { Row, RowMemory } from '../results/summary.js';
import { type ColumnOf, formatColumns, mibOf, SUBJECT } from './columns.js';

type Column = ColumnOf<Row>;

const fixed = (digits: number, value: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const ms = (value: number): string => fixed(value < 10 ? 3 : 1, value);

const COUNTS =
  'segments: TCP segments that the whole machine sent, both ends included; switches: context switches of the subject\n';

const KERNEL =
  "kernel KiB each: growth of the machine's slabs, kernel stacks and page tables, without what as many connections take\n" +
  'that have no proxy; all ends: with that, so with the sockets of generator and target; TCP mem: of all ends\n';

/** The explanation of a load's columns, below its title. */
export function noteFor(load: string): string {
  if (load === 'idle') return KERNEL;
  return load.startsWith('bulk') ? '' : COUNTS;
}

/** The columns of a load's table. */
export function columnsFor(load: string, baseline: string): Column[] {
  const ratio: Column = [`× ${baseline}`, ({ ratio }) => (ratio === undefined ? '-' : fixed(2, ratio))];
  const spread: Column = ['spread', ({ spread }) => `${fixed(0, spread * 100)} %`];
  if (load === 'idle') {
    const kib =
      (key: Exclude<keyof RowMemory, 'steps'>): Column[1] =>
      ({ memory }) =>
        fixed(2, memory?.[key] ?? Number.NaN);
    return [
      SUBJECT,
      ['KiB each (PSS)', kib('pssEach')],
      ['KiB each (RSS)', kib('rssEach')],
      ['kernel KiB each', kib('kernelShare')],
      ['of it SUnreclaim', kib('unreclaimableShare')],
      ['kernel, all ends', kib('kernelEach')],
      ['TCP mem', kib('queuesEach')],
      ['MiB before (PSS)', ({ memory }) => fixed(1, mibOf(memory?.base ?? Number.NaN))],
    ];
  }
  if (load.startsWith('bulk')) {
    const seconds = (us: number): string => fixed(3, us / 1e6);
    return [
      SUBJECT,
      ['Gbit/s', ({ rate }) => fixed(2, rate * 8)],
      ['CPU s per GB', ({ cpu }) => seconds(cpu.total)],
      ['user', ({ cpu }) => seconds(cpu.user)],
      ['system', ({ cpu }) => seconds(cpu.system)],
      ratio,
      spread,
      ['generator s', ({ generator }) => seconds(generator)],
    ];
  }
  return [
    SUBJECT,
    ['per second', ({ rate }) => fixed(0, rate)],
    ['p50 ms', ({ latency }) => ms(latency.p50)],
    ['p90', ({ latency }) => ms(latency.p90)],
    ['p99', ({ latency }) => ms(latency.p99)],
    ['p99.9', ({ latency }) => ms(latency.p999)],
    ['CPU µs each', ({ cpu }) => fixed(1, cpu.total)],
    ['user', ({ cpu }) => fixed(1, cpu.user)],
    ['system', ({ cpu }) => fixed(1, cpu.system)],
    ratio,
    spread,
    ['segments', ({ segments }) => fixed(1, segments)],
    ['switches', ({ switches }) => fixed(2, switches)],
    ['generator µs', ({ generator }) => fixed(1, generator)],
  ];
}

export function formatTables(rows: readonly Row[], loads: readonly Titled[], baseline: string): string {
  return loads
    .map(({ name, title }) => {
      const some = rows.filter(({ load }) => load === name);
      return [title, noteFor(name), some, columnsFor(name, baseline)] as const;
    })
    .filter(([, , some]) => some.length > 0)
    .map(([title, note, some, columns]) => `${title}\n${note}${formatColumns(some, columns)}\n`)
    .join('\n');
}
