// The site of the scene: three gateways, one of which is away, and a stranger.
import type { FleetState } from '../../../dashboard/api/fleet-shapes.js';
import type { Answers } from './fake-gateway.js';

const present = {
  ...{ is_own: false, is_known: true, is_present: true, version: '1.2.3', lines: 3, lines_up: 2 },
  counts: { connections: 18_431, hints_told: 1204, hints_useful: 1110, news_told: 4 },
};
const away = {
  is_present: false,
  version: null,
  uptime_s: null,
  age_ms: null,
  open: null,
  lines: null,
  lines_up: null,
};

export const fleetAnswers = (): Answers => ({
  'GET /fleet': {
    ...{ site: 'office', gateway: 'north' },
    engine: {
      ...{ state: 'up', for_ms: 7_200_000, kind: 'single', place: 'redis.example:6379', server: 'valkey 8.1.1' },
      ...{ detail: null, round_trips: 20_410, bytes_sent: 4_120_000, bytes_received: 2_300_000 },
      times: { count: 20_410, sum_ms: 9100 },
      ...{ faults: { hanging: 2 }, dropped: 12, late: 3, writes_dropped: 0, writes_waiting: 4 },
    },
    routes: {
      ...{
        asked: 1410,
        found: 1204,
        missed: 130,
        missed_known: 20,
        dropped: 44,
        unanswered: 12,
        refused: 1,
        written: 803,
      },
    },
    hints: { asked: 1410, told: 1204, too_late: 11, first: 1150, useful: 1110 },
    news: { told: 4, read: { 'line-down': 6, 'line-up': 6 }, refused: { unsigned: 1 }, read_age_ms: 400 },
    limits: { on_loss: 'local-share', is_lost: true, leases: 12, claimed: 300, refused: 2, unanswered: 7 },
    gateways: [
      { ...present, name: 'north', is_own: true, uptime_s: 259_200, age_ms: 4000, open: 212 },
      { ...present, name: 'south', uptime_s: 86_400, age_ms: 8000, open: 97 },
      { ...present, ...away, name: 'west', counts: {} },
      { ...present, name: 'unknown', is_known: false, uptime_s: 60, age_ms: 1000, open: 0 },
    ],
  } satisfies FleetState,
});
