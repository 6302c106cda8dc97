// The plot of system calls per connection.
import type { SyscallsRow } from '../../results/syscalls-rows.js';
import { SYSTEM_CALLS } from '../figures/further-quantities.js';
import { type Plot, rowBars, type Setting } from './plot.js';

export const syscallsPlot = (rows: readonly SyscallsRow[], setting: Setting): Plot[] =>
  rowBars(rows, setting, { ...SYSTEM_CALLS, hint: 'lower is better; which ones they are is below' });
