// How connections ended while the gateway stopped.
import type { Stats } from '../observe/stats.js';

/** How the connections ended that were open when `close` was called: numbers of connections. */
export interface Ended {
  /** Ended by both sides closing. */
  readonly completed: number;
  /** Ended in another way before the deadline: refused, reset by a side, or timed out. */
  readonly failed: number;
  /** Reset, because they did not end in time. */
  readonly cut: number;
}

/** `open` connections when stopping began, and the counters then and now. Clients that no actor had taken count as cut. */
export function endedOf(open: number, before: Stats, after: Stats): Ended {
  const completed = after.completed - before.completed;
  const failed = after.closed - after.cut - (before.closed - before.cut) - completed;
  return { completed, failed, cut: open - completed - failed };
}
