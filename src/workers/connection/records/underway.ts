// What the records, and those that look at all live connections, read from one: its session at first, and then its relay.
import type { QuietCarrier } from '../relay/carrier.js';
import type { NotedAttempt, NotedRace } from './race-record.js';

export interface Underway extends Partial<QuietCarrier> {
  /** Bytes from the client, and to it. */
  readonly up: number;
  readonly down: number;
  /** The race while it is not over, and the attempt that would win now. */
  readonly race?: NotedRace | undefined;
  readonly winner?: NotedAttempt | undefined;
  /** Resets what has no relay yet. Returns whether it could: not what has failed already, and whose client is being told. */
  closeByOperator?(): boolean;
}
