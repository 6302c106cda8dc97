// The rooms of the share actor.
import type { ShareStart } from '../../threads/contracts/start.js';
import { Counters } from '../../threads/shared/counters.js';
import { engineSeen } from './engine-seen.js';
import { NewsRoom } from './news/room.js';
import { OwnPresence } from './presence/own-presence.js';
import { PresenceRoom } from './presence/room.js';
import type { LimitsRoom } from './quota/room.js';
import { RoutesRoom } from './routes/room.js';
import type { Room, ShareParts } from './shared/room.js';

/** In the order in which each hears of what happens. */
export function roomsOf(
  parts: ShareParts,
  limits: LimitsRoom,
  { counters, version }: Pick<ShareStart, 'counters' | 'version'>,
): readonly Room[] {
  const routes = new RoutesRoom(parts);
  const news = new NewsRoom(parts);
  const own = new OwnPresence({
    ...{ options: parts.options, now: parts.now, version, counters: new Counters(counters) },
    counts() {
      const { told, heard, refused } = news.counts;
      return {
        ...{ routes_written: routes.counts.written, news_told: told, news_heard: heard, news_refused: refused },
      };
    },
  });
  const presence = new PresenceRoom(parts, () => own.now());
  return [routes, news, own, presence, limits, { seen: () => engineSeen(parts) }];
}
