// Feeds the watchdog of the service manager, as long as main and all actors make turns: main's is this timer's own. What is
// silent is named in the log before the manager ends the process. It restarts nothing.

import { keepTimersExact } from '../../threads/within.js';
import type { Logger } from './log.js';

/** A thread at rest may be this late with a timer, twice over. */
const LAX_MS = 5000;

export interface WatchdogParts {
  /** The process is ended when it is not fed for this long. */
  readonly watchdog_ms: number;
  readonly log: Logger;
  /** Resolves within `timeout_ms` with the names of the actors that have made no turn since the last call. */
  silent(timeout_ms: number): Promise<readonly string[]>;
  feed(): void;
}

/** Begins to feed, at half of `watchdog_ms`. Returns what ends it. */
export function startWatchdog({ watchdog_ms, log, silent, feed }: WatchdogParts): () => void {
  const half_ms = watchdog_ms / 2;
  let isAsking = false;
  let wasSilent = false;
  let isOver = false;
  const look = async (): Promise<void> => {
    // An actor that answers late is fed for then, and not beside this.
    if (isAsking) return;
    isAsking = true;
    const actors = await silent(half_ms);
    isAsking = false;
    if (isOver) return;
    if (actors.length === 0) feed();
    else if (!wasSilent) log.error({ actors }, 'no turn of an actor: the watchdog of the service manager is not fed');
    wasSilent = actors.length > 0;
  };
  const timer = setInterval(() => void look(), half_ms);
  const relax = half_ms < LAX_MS ? keepTimersExact() : () => {};
  return () => {
    isOver = true;
    clearInterval(timer);
    relax();
  };
}
