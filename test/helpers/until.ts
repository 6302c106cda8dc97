// Waits until something holds, which nobody announces. A test's own timeout would not say what it waited for.
import { setTimeout as delay } from 'node:timers/promises';

export async function until(what: string, holds: () => boolean, timeout_ms = 10_000): Promise<void> {
  const end = performance.now() + timeout_ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${timeout_ms} ms: ${what}`);
    await delay(5);
  }
}
