// What people are told of the engine.
import type { ShareSeen } from '../../threads/contracts/admin/share.js';
import type { ShareParts } from './shared/room.js';

export function engineSeen({ site, options, now }: ShareParts): Partial<Pick<ShareSeen, 'engine'>> {
  const present = site();
  if (present === undefined) return {};
  const { status, counts } = present.engine;
  const { connects, roundTrips, commands, times, faults, dropped, late } = counts;
  const { waiting, dropped: writes_dropped } = present.writes.counts;
  const { isUp, since_ms, place, server, fault, detail } = status;
  return {
    engine: {
      state: isUp ? 'up' : fault === undefined ? 'connecting' : 'down',
      for_ms: Math.max(0, now() - since_ms),
      kind: options().share.kind,
      ...{ place, server, fault, detail, connects, commands, times, faults, dropped, late },
      ...{ round_trips: roundTrips, bytes_sent: counts.sent_bytes, bytes_received: counts.received_bytes },
      ...{ writes_waiting: waiting, writes_dropped },
    },
  };
}
