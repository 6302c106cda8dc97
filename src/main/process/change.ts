// A change of the running process in two steps: it is prepared, which may fail and changes nothing yet, and then made, which
// cannot fail.
import type { Failed } from './done.js';

/** One of the two is called, once. */
export interface Change {
  make(): void | Promise<void>;
  /** Lets go of what was prepared. */
  drop(): void | Promise<void>;
}

export type Prepared<Of extends Change = Change> = { readonly code: 'prepared'; readonly change: Of } | Failed;

export const UNCHANGED: Prepared = { code: 'prepared', change: { make() {}, drop() {} } };

/** Prepares one after another, as one change. Where one cannot be, nothing is left of those before it. */
export async function prepareAll(steps: readonly (() => Promise<Prepared>)[]): Promise<Prepared> {
  const changes: Change[] = [];
  const change: Change = {
    async make() {
      for (const one of changes) await one.make();
    },
    async drop() {
      for (const one of changes.reverse()) await one.drop();
    },
  };
  for (const prepare of steps) {
    const prepared = await prepare();
    if (prepared.code === 'failed') {
      await change.drop();
      return prepared;
    }
    changes.push(prepared.change);
  }
  return { code: 'prepared', change };
}
