// Lists of the flows of all actors together.
import type { FlowFilter } from '../../../../protocol/udp/flow-filter.js';
import type { FlowRecord } from '../../../../protocol/udp/flow-record.js';
import type { Sought } from '../../../../threads/contracts/admin/found.js';
import { type Actors, type Listing, listedOf, type Source } from '../connections/pieces.js';

/** How an actor is asked for flows. */
export const SOURCE: Source<FlowFilter, FlowRecord> = {
  find: (actor, sought, from) => actor.findFlows(sought, from),
  tell: (actor, ids) => actor.flows(ids),
  close: (actor, filter, from) => actor.closeFlows(filter, from),
};

/** The first `sought.most` that are behind `sought.after`. */
export const listedFlows = (actors: Actors, sought: Sought<FlowFilter>): Promise<Listing<FlowRecord>> =>
  listedOf(actors, SOURCE, sought);
