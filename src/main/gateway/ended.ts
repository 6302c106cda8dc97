// How connections ended while the gateway stopped.

import type { Stats } from '../../threads/shared/stats.js';
import type { Census } from '../accept/dispatcher.js';

/** How the connections ended that were open when `close` was called: numbers of connections. */
export interface Ended {
  /** Ended by both sides closing. */
  readonly completed: number;
  /** Ended in another way before the deadline: refused, reset by a side, or timed out. */
  readonly failed: number;
  /** Reset, because they did not end in time. */
  readonly cut: number;
}

/**
 * `at` the time when stopping began, with the counters read then and now. Clients that no actor had taken count as cut. What
 * was cut is exact; a connection that ended while the counters were read may be missing from those that completed.
 */
export function endedOf(at: Census, before: Stats, after: Stats): Ended {
  const ended = after.closed - at.closed - (after.cut - before.cut);
  const completed = Math.min(ended, after.completed - before.completed);
  return { completed, failed: ended - completed, cut: at.live - ended };
}
