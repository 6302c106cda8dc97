// Polls until a condition holds that no event announces. Its error says what it waited for, which a test's time-out does not.
import { setTimeout as delay } from 'node:timers/promises';

export async function until(what: string, holds: () => boolean, timeout_ms = 10_000): Promise<void> {
  const end = performance.now() + timeout_ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`not within ${timeout_ms} ms: ${what}`);
    await delay(5);
  }
}

/** The same for a condition that takes a while to ask for. */
export async function eventually(what: string, holds: () => Promise<boolean>, timeout_ms = 20_000): Promise<void> {
  const end = performance.now() + timeout_ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${timeout_ms} ms: ${what}`);
    await delay(50);
  }
}
