// A relay as those see it that look at all of them from outside.
import type { Quiet } from '../../../protocol/quiet/quiet.js';

/** Why a relay is cut from outside. */
export type CutBy = 'dead-line' | 'ended-for-room' | 'closed-by-operator';

/** For those that look at the sessions over a dead line. */
export interface Carrier {
  /** The socket to the destination, or to the line's first proxy; undefined once both have been closed. */
  readonly destination: { readonly fd: number } | undefined;
  /** Resets both sides. */
  cut(how: CutBy): void;
}

/** For those that look for silent connections. */
export interface QuietCarrier extends Carrier {
  readonly client: { readonly fd: number };
  /** When bytes last moved, in whole ms of the engine's clock. */
  readonly active: number;
  readonly quiet: Quiet;
}
