// What a share actor might tell of itself: each figure is another one, so that a test sees which went where.
import type { GatewaySeen, ShareSeen } from '../../src/threads/contracts/admin/share.js';
import { TURN_BOUNDS_MS } from '../../src/threads/shared/time-histogram.js';

const buckets = [...TURN_BOUNDS_MS.map(() => 1), 2];

export const shareSeen = (): ShareSeen => ({
  ...{ site: 'main', gateway: 'a' },
  engine: {
    ...{ state: 'up', for_ms: 7_200_000, kind: 'single', place: '127.0.0.1:6379', server: 'redis 7.0.15' },
    ...{ fault: undefined, detail: undefined, connects: 2, round_trips: 16, commands: 64 },
    ...{ bytes_sent: 12_000, bytes_received: 34_000 },
    times: { bounds_ms: TURN_BOUNDS_MS, buckets, count: 16, sum_ms: 40 },
    faults: { hanging: 3, full: 0 },
    ...{ dropped: 5, late: 6, writes_dropped: 7, writes_waiting: 8 },
  },
  routes: {
    ...{ asked: 100, found: 70, missed: 12, missed_known: 3, dropped: 10, unanswered: 4, refused: 1, written: 50 },
  },
  news: { told: 9, read: { 'line-down': 11 }, refused: { stranger: 12, replayed: 0 }, read_age_ms: 800 },
  limits: {
    ...{ on_loss: 'local-share', is_lost: false, leases: 3, claimed: 40, refused: 13, unanswered: 14 },
  },
});

/** The gateway itself, another one, one that is away, and one that the configuration does not name. */
export const gatewaysSeen = (): readonly GatewaySeen[] => {
  const present = {
    ...{ version: '1.2.3', uptime_s: 259_200, age_ms: 4000, open: 12, lines: 3, lines_up: 2 },
    counts: { connections: 1000, hints_useful: 60 },
  };
  return [
    { name: 'a', is_known: true, present },
    { name: 'b', is_known: true, present: { ...present, age_ms: 9000, open: 7 } },
    { name: 'c', is_known: true, present: undefined },
    { name: 'd', is_known: false, present },
  ];
};
