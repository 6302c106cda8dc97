// The summary as text: one table for each load.
import { type ColumnOf, formatColumns } from './columns.js';
import type { Results } from './results.js';
import type { Row } from './summary.js';

type Column = ColumnOf<Row>;

const fixed = (digits: number, value: number): string => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const ms = (value: number): string => fixed(value < 10 ? 3 : 1, value);

/** What is said of a row of that load. */
export function columnsFor(load: string, baseline: string): Column[] {
  const subject: Column = ['subject', (row) => (row.workers === 0 ? row.subject : `${row.subject} ×${row.workers}`)];
  const ratio: Column = [`× ${baseline}`, ({ ratio }) => (ratio === undefined ? '-' : fixed(2, ratio))];
  const spread: Column = ['spread', ({ spread }) => `${fixed(0, spread * 100)} %`];
  if (load === 'idle') {
    return [
      subject,
      ['KiB each (PSS)', ({ memory }) => fixed(2, memory?.pssEach ?? Number.NaN)],
      ['KiB each (RSS)', ({ memory }) => fixed(2, memory?.rssEach ?? Number.NaN)],
      ['MiB before (PSS)', ({ memory }) => fixed(1, (memory?.base ?? Number.NaN) / 1024)],
    ];
  }
  if (load.startsWith('bulk')) {
    const seconds = (us: number): string => fixed(3, us / 1e6);
    return [
      subject,
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
    subject,
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
    ['generator µs', ({ generator }) => fixed(1, generator)],
  ];
}

export function formatTables(rows: readonly Row[], loads: Results['loads'], baseline: string): string {
  return loads
    .map(({ name, title }) => [title, rows.filter(({ load }) => load === name), columnsFor(name, baseline)] as const)
    .filter(([, some]) => some.length > 0)
    .map(([title, some, columns]) => `${title}\n${formatColumns(some, columns)}\n`)
    .join('\n');
}
