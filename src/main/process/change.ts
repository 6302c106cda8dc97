// A change of the running process in two steps: it is prepared, which may fail and changes nothing yet, and then made, which
// cannot fail. Types only.
import type { Failed } from './done.js';

/** One of the two is called, once. */
export interface Change {
  make(): void | Promise<void>;
  /** Lets go of what was prepared. */
  drop(): void;
}

export type Prepared<Of extends Change = Change> = { readonly code: 'prepared'; readonly change: Of } | Failed;
