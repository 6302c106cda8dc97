// What the admin actor is told of sharing: each room tells its part.
import type { EngineSeen, ShareAdmin, ShareSeen } from '../../threads/contracts/admin/share.js';
import { TURN_BOUNDS_MS } from '../../threads/shared/time-histogram.js';
import type { Room, ShareParts } from './shared/room.js';

export function forAdmin({ options }: Pick<ShareParts, 'options'>, rooms: readonly Room[]): ShareAdmin {
  return {
    async state() {
      const { site, gateway, kind } = options().share;
      const engine = { ...NO_ENGINE, kind };
      let seen: ShareSeen = { site, gateway, engine, routes: undefined, news: undefined, limits: undefined };
      for (const room of rooms) seen = { ...seen, ...room.seen?.() };
      return seen;
    },
    async gateways() {
      return rooms.find((room) => room.gateways !== undefined)?.gateways?.();
    },
  };
}

/** Before there is one. */
const NO_ENGINE: Omit<EngineSeen, 'kind'> = {
  ...{ state: 'connecting', for_ms: 0, place: '', server: undefined, fault: undefined, detail: undefined },
  ...{ connects: 0, round_trips: 0, commands: 0, bytes_sent: 0, bytes_received: 0 },
  times: { bounds_ms: TURN_BOUNDS_MS, buckets: [...TURN_BOUNDS_MS.map(() => 0), 0], count: 0, sum_ms: 0 },
  ...{ faults: {}, dropped: 0, late: 0, writes_dropped: 0, writes_waiting: 0 },
};
