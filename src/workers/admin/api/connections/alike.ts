// What endpoints of connections and of flows answer alike: the page of a list, the end of all that a filter means, and who has the one
// of an id.
import { type ConnectionId, parseConnectionId } from '../../../../protocol/connections/connection-id.js';
import { formatCursor, type Order } from '../../../../protocol/connections/order.js';
import type { ConnectionsAdmin } from '../../../../threads/contracts/admin/connections.js';
import type { Remote } from '../../../../threads/port.js';
import { type Answered, answered, type Refusal, refused } from '../../endpoint/endpoint.js';
import { type Actors, closeAllOf, type Listing, type Source } from './pieces.js';

interface FoundActor {
  readonly code: 'found';
  readonly id: ConnectionId;
  readonly actor: Remote<ConnectionsAdmin>;
}

/** `nobody`: what is said where no actor can have one of that id. */
export function actorOf(text: string, actors: Actors, nobody: string): FoundActor | Refusal {
  const id = parseConnectionId(text);
  const actor = id && actors.connections().get(id.actor);
  return id === undefined || actor === undefined ? refused(404, nobody) : { code: 'found', id, actor };
}

/** What a page tells beside those that are on it. */
export function besideOf({ matched, last, silent }: Listing<unknown>, order: Order) {
  return {
    matched,
    ...(last === undefined ? {} : { next: formatCursor(order, last) }),
    silent_workers: [...silent],
  };
}

/** Closes all live ones that a query means, which has one parameter of `names` at least. `done`: how the word for it ends a sentence. */
export async function closedBy<Filter>(
  actors: Actors,
  source: Pick<Source<Filter, unknown>, 'close'>,
  query: object,
  names: readonly string[],
  { filter, problems }: { readonly filter: Filter; readonly problems: readonly string[] },
  done: string,
): Promise<Answered<{ readonly closed: number }>> {
  if (Object.values(query).every((one) => one === undefined)) {
    return refused(400, `a filter is wanted, one at least of ${names.join(', ')}`);
  }
  if (problems.length > 0) return refused(400, problems.join('; '));
  const { closed, silent } = await closeAllOf(actors, source, filter);
  if (silent.length === 0) return answered({ closed });
  return refused(503, `${closed} were ${done}; workers ${silent.join(', ')} have not answered in time`);
}
