// How a connection actor is asked for some of its connections, or of its flows: in pieces, and by places in an order. Types only.
import type { ConnectionId } from '../../../protocol/connections/connection-id.js';
import type { ConnectionFilter } from '../../../protocol/connections/filter.js';
import type { Order, Place } from '../../../protocol/connections/order.js';

/** A connection or a flow in its actor. */
export type OwnId = Pick<ConnectionId, 'slot' | 'serial'>;

/** What is looked for: those that live, or those that ended last. */
export interface Sought<Filter = ConnectionFilter> {
  readonly which: 'live' | 'ended';
  readonly filter: Filter;
  readonly order: Order;
  /** Only what is behind this place; undefined for all. */
  readonly after: Place | undefined;
  /** Places in an answer, 1001 at most. */
  readonly most: number;
}

/** What a piece of them has. */
export interface FoundPiece {
  /** The first ones of those behind `after`, in their order. */
  readonly places: readonly Place[];
  /** How many are meant by the filter, wherever they stand. */
  readonly matched: number;
  /** Where to ask on; undefined at the end. */
  readonly next: number | undefined;
}

export interface ClosedPiece {
  readonly closed: number;
  readonly next: number | undefined;
}

/**
 * `ending`: there is nothing to close, since it has failed already, and its client is being told so. `unknown`: it is not live, or
 * another actor's.
 */
export type Closed = 'closed' | 'ending' | 'unknown';
