// Lists of the connections of all actors together.
import type { ConnectionFilter } from '../../../../protocol/connections/filter.js';
import type { ConnectionSummary } from '../../../../protocol/connections/summary.js';
import type { Sought } from '../../../../threads/contracts/admin/found.js';
import { type Actors, type ClosedAll, closeAllOf, type Listing, listedOf, type Source } from './pieces.js';

/** How an actor is asked for connections. */
export const SOURCE: Source<ConnectionFilter, ConnectionSummary> = {
  find: (actor, sought, from) => actor.find(sought, from),
  tell: (actor, ids) => actor.summaries(ids),
  close: (actor, filter, from) => actor.closeAll(filter, from),
};

/** The first `sought.most` that are behind `sought.after`. */
export const listed = (actors: Actors, sought: Sought): Promise<Listing<ConnectionSummary>> =>
  listedOf(actors, SOURCE, sought);

/** Resets all live connections that are meant. */
export const closeAll = (actors: Actors, filter: ConnectionFilter): Promise<ClosedAll> =>
  closeAllOf(actors, SOURCE, filter);
