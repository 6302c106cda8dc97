// How a relay has ended, and who is told of it.
import type { CutBy } from './carrier.js';
import type { Heard } from './first-byte.js';

export interface RelayEnd {
  readonly how: 'complete' | 'reset-by-client' | 'reset-by-destination' | 'idle' | 'half-closed' | CutBy;
  /** Bytes from the client, and to it. */
  readonly up: number;
  readonly down: number;
}

/** `connection`: the number that the relay was made with. */
export interface RelayOutcome {
  /**
   * Called once at most, where the first byte is listened for. `since`: when the client's first bytes came; NaN if the destination
   * was first.
   */
  heard(connection: number, heard: Heard, since: number): void;
  /** Called once; both sockets have been closed by then. */
  relayed(connection: number, end: RelayEnd): void;
}
