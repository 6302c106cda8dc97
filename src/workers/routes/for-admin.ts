// Answers what the admin actor asks of lines and routes, in bounded pages and in pieces, so that reports of connection actors are
// taken in between. It judges nothing.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatIp } from '../../protocol/address/address.js';
import { whyRemembered } from '../../protocol/race/outlook/remembered.js';
import type { DestinationMemory } from '../../protocol/routes/destination-memory.js';
import { Listing, type Ranked, type RouteFilter } from '../../protocol/routes/listing.js';
import { stateOf } from '../../protocol/routes/state.js';
import type { Steering } from '../../protocol/steering/steering.js';
import type { RouteQuery, RouteSummary, RoutesAdmin, RoutesPage } from '../../threads/contracts/admin/routes.js';
import type { KnownLines } from './known-lines.js';
import type { RouteMemory } from './route-memory.js';
import type { Snapshots } from './snapshots.js';

/** Destinations that are looked at in one turn, which takes a few milliseconds. */
const PIECE = 2000;
/** Routes in one answer at most. */
export const PAGE_MAX = 500;

export interface AdminRouteParts {
  readonly memory: Pick<RouteMemory, 'size' | 'peek' | 'entries' | 'forget' | 'ttl_ms' | 'refresh_ms'>;
  readonly lines: Pick<KnownLines, 'now' | 'view' | 'health'>;
  readonly snapshots: Snapshots;
  readonly steering: () => Steering;
  /** Has all connection actors hear of destinations that have changed. */
  readonly tell: (destinations: readonly string[]) => void;
  /** Resolves once all connection actors have reported what they have learned by now. */
  readonly reported: () => Promise<void>;
}

interface Found extends Ranked {
  readonly memory: DestinationMemory;
}

export function routesForAdmin(parts: AdminRouteParts): RoutesAdmin {
  const { memory, lines, snapshots, steering, tell, reported } = parts;
  return {
    size: async () => memory.size,
    lines: async () => ({ lines: lines.now(), steering: steering() }),
    async lookUp(destination) {
      const known = memory.peek(destination);
      if (known === undefined) return undefined;
      const now = performance.now();
      const { ttl_ms, refresh_ms } = memory;
      const { preferences } = lines.view(false);
      const why = whyRemembered(destination, known, { preferences, health: lines.health, ttl_ms, refresh_ms }, now);
      return { state: stateOf(destination, known, now), why, steering: steering() };
    },
    list: (query) => list(parts, query),
    async forget(destination) {
      // What is over already is not learned again by a late report.
      await reported();
      const isKnown = memory.forget(destination);
      // Actors may remember it that have not reported it.
      tell([destination]);
      return isKnown;
    },
    async forgetAll(filter) {
      await reported();
      let forgotten = 0;
      let untold: string[] = [];
      for await (const [destination] of matching(parts, filter)) {
        if (!memory.forget(destination)) continue;
        forgotten += 1;
        if (untold.push(destination) < PIECE) continue;
        tell(untold);
        untold = [];
      }
      tell(untold);
      return forgotten;
    },
    beginSnapshot: async () => snapshots.begin(performance.now()),
    snapshotPiece: async (snapshot) => snapshots.piece(snapshot, performance.now()),
    endSnapshot: async (snapshot) => snapshots.end(snapshot),
  };
}

async function list(parts: AdminRouteParts, query: RouteQuery): Promise<RoutesPage> {
  const { sort, limit, after } = query;
  const listing = new Listing<Found>(after, Math.min(limit, PAGE_MAX));
  for await (const [key, memory] of matching(parts, query)) {
    listing.add({ key, memory, rank: sort === 'used' ? -memory.touched : 0 });
  }
  const now = performance.now();
  return {
    routes: listing.page.map(({ key, memory }) => summaryOf(key, memory, now)),
    total: listing.total,
    steering: parts.steering(),
    next: listing.next,
  };
}

/** Those that match, at the moment that each is looked at. What is used meanwhile moves to the end, and is not met twice. */
async function* matching(
  { memory }: AdminRouteParts,
  { match, line }: RouteFilter,
): AsyncGenerator<readonly [destination: string, memory: DestinationMemory]> {
  const { size } = memory;
  let looked = 0;
  for (const entry of memory.entries()) {
    if (looked === size) return;
    const [destination, { best }] = entry;
    if (destination.includes(match) && (line === undefined || best?.line === line)) yield entry;
    looked += 1;
    if (looked % PIECE === 0) await nextTurn();
  }
}

function summaryOf(
  destination: string,
  { best, candidates, touched, worked }: DestinationMemory,
  now: number,
): RouteSummary {
  return {
    destination,
    ...(best && { best: { line: best.line, address: formatIp(best.ip) } }),
    candidates: candidates.length,
    touched_age_ms: Math.round(now - touched),
    worked_age_ms: worked === Number.NEGATIVE_INFINITY ? null : Math.round(now - worked),
  };
}
