// Checks that a test has left nothing open in this thread, where closing takes some turns of the loop.
import assert from 'node:assert/strict';
import { setImmediate as turnOfLoop } from 'node:timers/promises';

/** `kinds`: the kinds of resources, as Node names them, of which none may be left. */
export async function nothingLeft(kinds: RegExp): Promise<void> {
  const left = (): string[] => process.getActiveResourcesInfo().filter((kind) => kinds.test(kind));
  for (let turn = 0; turn < 100 && left().length > 0; turn += 1) await turnOfLoop();
  assert.deepEqual(left(), []);
}
