// Ends an actor's thread before its heap is full, while that can still be done: from Node 24 on V8 does not end a thread
// that runs into its limit, it hangs or takes the process along. What fills the heap within a single turn it cannot see.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { resourceLimits } from 'node:worker_threads';

const CHECK_MS = 250;
/** Of the limit, how much may be in use. The rest is for what comes between two checks, and for V8 to work in. */
const PART = 0.8;

/** Throws, uncaught, when this thread's heap is nearly full; main finds the thread dead. Returns how to stop it. */
export function watchHeap(): () => void {
  const limit_mb = resourceLimits.maxOldGenerationSizeMb;
  // Not in a worker with a limit.
  if (limit_mb === undefined) return () => {};
  const allowed = limit_mb * PART * 1024 * 1024;
  const checks = setInterval(() => {
    if (getHeapStatistics().used_heap_size < allowed) return;
    collect();
    if (getHeapStatistics().used_heap_size < allowed) return;
    throw new Error(`out of memory: more than ${Math.floor(limit_mb * PART)} MiB of JavaScript objects`);
  }, CHECK_MS);
  checks.unref();
  return () => clearInterval(checks);
}

/** A full collection, so that garbage ends no connection. V8 has no other way to ask for one; it takes a second a GiB. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
