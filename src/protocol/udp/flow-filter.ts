// Which flows somebody means, as a value that crosses threads. Pure.
import type { ConnectionId } from '../connections/connection-id.js';
import type { ConnectionFilter } from '../connections/filter.js';
import type { FlowKind } from './flow-record.js';

/** A flow is meant if all that is given holds. The host of `target` may be the name in the ClientHello, too. */
export interface FlowFilter extends ConnectionFilter {
  readonly kind?: FlowKind | undefined;
  /** The control connection of the association. */
  readonly association?: ConnectionId | undefined;
}
