// A program that goes on serving while it changes, as the bench sees it.
import type { Peer } from '../../peers/peer.js';
import type { TargetPorts } from '../../shared/messages.js';
import type { Ways } from '../load/messages.js';

/** A reload of the configuration, or another process that takes the place of the running one. */
export type Change = 'reload' | 'upgrade';

export interface Running {
  readonly ways: Ways;
  /** Its processes as far as they are known, with those below them. Some may have ended. */
  readonly pids: readonly number[];
  /** Resolves once the change is in force for clients that come. Throws an Error that says why it is not. */
  change(kind: Change): Promise<void>;
  /**
   * Stops it when no client is left. Processes that a change has replaced must end by themselves. Returns what was not as it
   * should be.
   */
  end(): Promise<string[]>;
  /** Ends what is left at once. */
  kill(): void;
}

export interface Subject {
  readonly name: string;
  /** A lost connection fails the run. */
  readonly asserted: boolean;
  /** The program, and whether it is installed. */
  readonly peer: Peer;
  start(path: string, target: TargetPorts, workers: number): Promise<Running>;
}
