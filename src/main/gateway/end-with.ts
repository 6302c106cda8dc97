// The end of the process.
import { exitNow } from '../../linux/process.js';
import type { OpenLog } from '../process/log.js';

/** How long the last log lines may take to be written, when their reader is slow or has stopped reading. */
const LAST_LINES_MS = 1000;

/**
 * Waits until the log is written, for at most LAST_LINES_MS, and ends the process. Node's own end would first give signals
 * back their default actions, and a SIGUSR1 then would kill the process.
 */
export async function endWith(status: number, opened: OpenLog): Promise<never> {
  await opened.end(LAST_LINES_MS);
  exitNow(status);
}
