// Lists of what all connection actors have of a kind, connections or flows. Each actor is asked piece by piece, and only places
// are merged, as many as a page has: what is held does not grow with the number of connections.
import type { ConnectionId } from '../../../../protocol/connections/connection-id.js';
import { comparing, FirstPlaces, type Place } from '../../../../protocol/connections/order.js';
import type { ConnectionsAdmin } from '../../../../threads/contracts/admin/connections.js';
import type { ClosedPiece, FoundPiece, OwnId, Sought } from '../../../../threads/contracts/admin/found.js';
import type { Remote } from '../../../../threads/port.js';
import { type Within, within } from '../../../../threads/within.js';
import type { AdminParts } from '../../shared/parts.js';

/** The time for one answer of an actor, which has other work to do. */
export const ASK_MS = 2000;
/** Records in one answer of an actor, which takes a millisecond. */
const CHUNK = 128;

export type Actors = Pick<AdminParts, 'connections'>;

/** How an actor is asked for those of one kind. */
export interface Source<Filter, One> {
  find(actor: Remote<ConnectionsAdmin>, sought: Sought<Filter>, from: number): Promise<FoundPiece>;
  /** Of `CHUNK` at most; undefined for those that are not on record any more. */
  tell(actor: Remote<ConnectionsAdmin>, ids: readonly OwnId[]): Promise<readonly (One | undefined)[]>;
  close(actor: Remote<ConnectionsAdmin>, filter: Filter, from: number): Promise<ClosedPiece>;
}

export interface Told<One> {
  readonly id: ConnectionId;
  readonly one: One;
}

export interface Listing<One> {
  readonly told: readonly Told<One>[];
  /** How many there are in all that are meant. */
  readonly matched: number;
  /** The last one here, if there are more behind it. */
  readonly last: Place | undefined;
  /** Actors that have not answered. */
  readonly silent: readonly number[];
}

/** The first `sought.most` that are behind `sought.after`. */
export async function listedOf<Filter, One>(
  actors: Actors,
  source: Source<Filter, One>,
  sought: Sought<Filter>,
): Promise<Listing<One>> {
  const { most, order } = sought;
  // One more tells whether there is another page.
  const first = new FirstPlaces(comparing(order), most + 1);
  const silent = new Set<number>();
  let matched = 0;
  const ask = async (actor: number): Promise<void> => {
    for (let from: number | undefined = 0; from !== undefined; ) {
      const remote = actors.connections().get(actor);
      const asked: Promise<FoundPiece> | undefined = remote && source.find(remote, { ...sought, most: most + 1 }, from);
      const answer: Within<FoundPiece> | undefined = asked && (await within(ASK_MS, asked));
      if (answer?.code !== 'answered') {
        silent.add(actor);
        return;
      }
      for (const place of answer.value.places) first.add(place);
      matched += answer.value.matched;
      from = answer.value.next;
    }
  };
  await Promise.all([...actors.connections().keys()].map(ask));
  const places = first.list.slice(0, most);
  const told = await toldOf(actors, source, places, silent);
  const last = first.list.length > most ? places.at(-1) : undefined;
  return { told, matched, last, silent: [...silent].sort((a, b) => a - b) };
}

/** In the order of the places, without those that are not on record any more. */
async function toldOf<One>(
  actors: Actors,
  source: Pick<Source<never, One>, 'tell'>,
  places: readonly Place[],
  silent: Set<number>,
): Promise<readonly Told<One>[]> {
  const told = new Map<Place, One>();
  const ask = async (actor: number): Promise<void> => {
    const own = places.filter((place) => place.actor === actor);
    for (let i = 0; i < own.length; i += CHUNK) {
      const chunk = own.slice(i, i + CHUNK);
      const ids = chunk.map(({ slot, serial }) => ({ slot, serial }));
      const remote = actors.connections().get(actor);
      const answer = remote && (await within(ASK_MS, source.tell(remote, ids)));
      if (answer?.code !== 'answered') {
        silent.add(actor);
        return;
      }
      for (const [index, one] of answer.value.entries()) {
        if (one !== undefined) told.set(chunk[index] as Place, one);
      }
    }
  };
  await Promise.all([...new Set(places.map(({ actor }) => actor))].map(ask));
  return places.flatMap((place) => {
    const one = told.get(place);
    return one === undefined ? [] : [{ id: place, one }];
  });
}

export interface ClosedAll {
  readonly closed: number;
  readonly silent: readonly number[];
}

/** Closes all live ones that are meant. */
export async function closeAllOf<Filter>(
  actors: Actors,
  source: Pick<Source<Filter, unknown>, 'close'>,
  filter: Filter,
): Promise<ClosedAll> {
  const silent: number[] = [];
  const close = async (actor: number): Promise<number> => {
    let closed = 0;
    for (let from: number | undefined = 0; from !== undefined; ) {
      const remote = actors.connections().get(actor);
      const asked: Promise<ClosedPiece> | undefined = remote && source.close(remote, filter, from);
      const answer: Within<ClosedPiece> | undefined = asked && (await within(ASK_MS, asked));
      if (answer?.code !== 'answered') {
        silent.push(actor);
        return closed;
      }
      closed += answer.value.closed;
      from = answer.value.next;
    }
    return closed;
  };
  const all = await Promise.all([...actors.connections().keys()].map(close));
  return { closed: all.reduce((sum, one) => sum + one, 0), silent };
}
