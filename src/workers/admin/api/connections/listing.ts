// Lists of the connections of all actors together. Each actor is asked piece by piece, and only places are merged, as many as a
// page has: what is held does not grow with the number of connections.
import type { ConnectionId } from '../../../../protocol/connections/connection-id.js';
import type { ConnectionFilter } from '../../../../protocol/connections/filter.js';
import { comparing, FirstPlaces, type Place } from '../../../../protocol/connections/order.js';
import type { ConnectionSummary } from '../../../../protocol/connections/summary.js';
import type { ClosedPiece, FoundPiece, Sought } from '../../../../threads/contracts/admin/connections.js';
import { type Within, within } from '../../../../threads/within.js';
import type { AdminParts } from '../../shared/parts.js';

/** The time for one answer of an actor, which has other work to do. */
export const ASK_MS = 2000;
/** Summaries in one answer of an actor, which takes a millisecond. */
const CHUNK = 128;

export type Actors = Pick<AdminParts, 'connections'>;

export interface Told {
  readonly id: ConnectionId;
  readonly connection: ConnectionSummary;
}

export interface Listing {
  readonly connections: readonly Told[];
  /** How many there are in all that are meant. */
  readonly matched: number;
  /** The last one here, if there are more behind it. */
  readonly last: Place | undefined;
  /** Actors that have not answered. */
  readonly silent: readonly number[];
}

/** The first `sought.most` that are behind `sought.after`. */
export async function listed(actors: Actors, sought: Sought): Promise<Listing> {
  const { most, order } = sought;
  // One more tells whether there is another page.
  const first = new FirstPlaces(comparing(order), most + 1);
  const silent = new Set<number>();
  let matched = 0;
  const ask = async (actor: number): Promise<void> => {
    for (let from: number | undefined = 0; from !== undefined; ) {
      const piece: FoundPiece | undefined = await asked(actors, actor, { ...sought, most: most + 1 }, from);
      if (piece === undefined) {
        silent.add(actor);
        return;
      }
      for (const place of piece.places) first.add(place);
      matched += piece.matched;
      from = piece.next;
    }
  };
  await Promise.all([...actors.connections().keys()].map(ask));
  const places = first.list.slice(0, most);
  const connections = await summariesOf(actors, places, silent);
  const last = first.list.length > most ? places.at(-1) : undefined;
  return { connections, matched, last, silent: [...silent].sort((a, b) => a - b) };
}

async function asked(actors: Actors, actor: number, sought: Sought, from: number): Promise<FoundPiece | undefined> {
  const remote = actors.connections().get(actor);
  if (remote === undefined) return undefined;
  const answer = await within(ASK_MS, remote.find(sought, from));
  return answer.code === 'answered' ? answer.value : undefined;
}

/** In the order of the places, without those that are not on record any more. */
async function summariesOf(actors: Actors, places: readonly Place[], silent: Set<number>): Promise<readonly Told[]> {
  const told = new Map<Place, ConnectionSummary>();
  const ask = async (actor: number): Promise<void> => {
    const own = places.filter((place) => place.actor === actor);
    for (let i = 0; i < own.length; i += CHUNK) {
      const chunk = own.slice(i, i + CHUNK);
      const ids = chunk.map(({ slot, serial }) => ({ slot, serial }));
      const remote = actors.connections().get(actor);
      const answer = remote && (await within(ASK_MS, remote.summaries(ids)));
      if (answer?.code !== 'answered') {
        silent.add(actor);
        return;
      }
      for (const [index, summary] of answer.value.entries()) {
        if (summary !== undefined) told.set(chunk[index] as Place, summary);
      }
    }
  };
  await Promise.all([...new Set(places.map(({ actor }) => actor))].map(ask));
  return places.flatMap((place) => {
    const connection = told.get(place);
    return connection === undefined ? [] : [{ id: place, connection }];
  });
}

export interface ClosedAll {
  readonly closed: number;
  readonly silent: readonly number[];
}

/** Resets all live connections that are meant. */
export async function closeAll(actors: Actors, filter: ConnectionFilter): Promise<ClosedAll> {
  const silent: number[] = [];
  const close = async (actor: number): Promise<number> => {
    let closed = 0;
    for (let from: number | undefined = 0; from !== undefined; ) {
      const remote = actors.connections().get(actor);
      const answer: Within<ClosedPiece> | undefined = remote && (await within(ASK_MS, remote.closeAll(filter, from)));
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
