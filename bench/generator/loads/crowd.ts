// Connections that are held over several orders, beside the loads of those. Types only: idle.ts and slow.ts are the kinds.
import type { Outcome } from '../../shared/messages.js';
import type { Beside } from '../clients/run.js';

export interface Crowd extends Beside {
  /** Opens connections until the crowd has `connections` of them. */
  grow(connections: number): Outcome;
  /** Closes all of them. */
  release(): Outcome;
}
