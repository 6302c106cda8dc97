// System calls for each connection, as text. Pure.
import { SYSCALLS } from '../plan/load-names.js';
import type { SyscallsResult } from '../results/measurements.js';
import type { SyscallsRow } from '../results/syscalls-rows.js';
import { type ColumnOf, formatColumns, SUBJECT } from './columns.js';

/** A call gets a place in the table if it is made for at least one connection in ten. */
const FREQUENT_MAX = 10;
const FREQUENT_EACH = 0.1;
const ENTER = 'io_uring_enter';

export const SYSCALLS_COLUMNS: readonly ColumnOf<SyscallsRow>[] = [
  SUBJECT,
  ['connections', ({ connections }) => String(connections)],
  ['calls each', ({ all }) => all.toFixed(2)],
  [ENTER, ({ each }) => (each.find(([name]) => name === ENTER)?.[1] ?? 0).toFixed(2)],
  [
    'the most frequent',
    ({ each }) =>
      each
        .filter(([, count]) => count >= FREQUENT_EACH)
        .slice(0, FREQUENT_MAX)
        .map(([name, count]) => `${name} ${count.toFixed(2)}`)
        .join(', '),
    'left',
  ],
];

type Extent = Pick<SyscallsResult, 'concurrency'>;

export const syscallsTitle = ({ concurrency }: Extent): string =>
  `${SYSCALLS}: of the subject for each connection of a connect load, ${concurrency} at a time, counted by strace`;

export const SYSCALLS_NOTE =
  'strace makes a subject slow: it has no times here, and waits (io_uring_enter, epoll_wait) less often than usual';

/** Empty where nothing was measured. */
export function formatSyscalls(rows: readonly SyscallsRow[], extent: Extent | undefined): string {
  if (extent === undefined || rows.length === 0) return '';
  const table = formatColumns(rows, SYSCALLS_COLUMNS);
  return `${syscallsTitle(extent)}\n${SYSCALLS_NOTE}\n${table}\n`;
}
