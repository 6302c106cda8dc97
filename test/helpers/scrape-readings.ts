// What a scrape might read, as plain values: each figure is another one, so that a test sees which went where.

import { DROP_CAUSES } from '../../src/protocol/udp/drop.js';
import { Counter } from '../../src/threads/shared/counters.js';
import { TIME_BOUNDS_MS, TURN_BOUNDS_MS } from '../../src/threads/shared/time-histogram.js';
import { UdpCount, UdpCounts, type UdpTotals } from '../../src/threads/shared/udp-counts.js';
import type { LineReading, Readings } from '../../src/workers/admin/metrics/readings/readings.js';
import { shareSeen } from './share-seen.js';

/** One time in each bucket, and `more` in the last one, which has no bound. */
const timesIn = (bounds_ms: readonly number[], more: number) => ({
  buckets: [...bounds_ms.map(() => 1), more],
  sum_ms: 1000 * more,
});

export const lineReading = (name: string, seed: number): LineReading => ({
  ...{ name, info: { kind: seed % 2 === 0 ? 'direct' : 'socks5', tier: 0 } },
  udp: seed % 2 === 0 ? 'direct' : 'unreachable',
  carried: { up: 1000 + seed, down: 2000 + seed },
  counts: {
    ...{ attempts: 10 + seed, connected: 9 + seed, failures: 1, wins: 8 + seed, rescues: 2 + seed, unanswered: 3 },
    connect: timesIn(TIME_BOUNDS_MS, 2 + seed),
    firstByte: timesIn(TIME_BOUNDS_MS, 3 + seed),
  },
});

/** What was done with datagrams: each figure is another one. */
function udpTotals(): UdpTotals {
  const counts = new UdpCounts(UdpCounts.create());
  for (const [at, place] of Object.values(UdpCount).entries()) counts.add(place, 500 - 3 * at);
  for (const [at, cause] of DROP_CAUSES.entries()) counts.dropped(cause, 40 + at);
  counts.flowEnded('idle');
  for (const time_ms of [3, 70, 900]) counts.quicAnswered(time_ms);
  return UdpCounts.sum([counts]);
}

/** `lines`: how many there are. */
export function scrapeReadings(lines = 2): Readings {
  const counters = Object.fromEntries(Object.entries(Counter).map(([name, place]) => [name, 100 + place]));
  const buckets = TIME_BOUNDS_MS.map(() => 1);
  const serverTimes = { bounds_ms: TIME_BOUNDS_MS, buckets: [...buckets, 2], count: buckets.length + 2, sum_ms: 900 };
  return {
    version: '1.2.3',
    counters: counters as Readings['counters'],
    connections_max: 1000,
    listeners: [
      {
        ...{ name: '127.0.0.1:1080', arrivals: { accepted: 21, refused: 8, limited: 9 }, opened: 20 },
        ended: { complete: 11, 'reset-by-client': 2, failed: 3 },
      },
    ],
    handshakes: [{ spoken: 'socks5', how: 'broke-protocol', count: 4 }],
    failures: new Map([['refused', 5]]),
    udp: udpTotals(),
    lines: Array.from({ length: lines }, (_, seed) => lineReading(`upstream-${seed}`, seed)),
    actors: [{ actor: 0, turns: 1234, queued: 6, turnTimes: timesIn(TURN_BOUNDS_MS, 7) }],
    traces: { sent: 12, dropped: 3 },
    gateway: {
      ...{ reloads: 3, reloadsRefused: 1, upgrades: 2, upgradesRefused: 4, logsDropped: 1, accessDropped: 2 },
      deaths: new Map([['dns', 5]]),
      turnTimes: timesIn(TURN_BOUNDS_MS, 4),
      lateness: new Map([['dns', timesIn(TURN_BOUNDS_MS, 5)]]),
    },
    names: {
      servers: [
        {
          ...{ id: 'udp://192.0.2.53:53', backup: false, latency_ms: 12, tables: {} },
          times: serverTimes,
          counts: {
            queries: 31,
            addresses: 21,
            nodata: 2,
            nxdomain: 3,
            failures: 1,
            timeouts: 4,
            suspect: 5,
            repeats: 6,
          },
        },
      ],
      lookups: { lookups: 50, literals: 1, hosts: 2, hits: 30, misses: 17, stale: 3, overloaded: 1 },
      tables: { answers: { size: 40, max: 10_000 } },
      probes: { probes: 1, found: 0, intercepted: 0 },
      evidence: { 'error-correction': 2, spoofing: 3, injection: 4, outcome: 5 },
    },
    share: { seen: shareSeen() },
    routes: {
      ...{ destinations: 77, destinations_max: 20_000 },
      lines: [
        { name: 'upstream-0', state: 'up', answersEarly: false, isPaused: true },
        { name: 'upstream-1', state: 'dead', answersEarly: true, isPaused: false },
      ],
    },
  };
}
