// Begins to connect to the engine that the options name.
import type { Notice } from '../../protocol/notices/notice.js';
import type { ShareOptions } from '../../protocol/share-options.js';
import { readTimes, TIME_BOUNDS_MS } from '../../threads/shared/time-histogram.js';
import type { Engine, EngineCounts } from './engine/engine.js';
import type { OpenedEngine } from './present-site.js';

const NO_COUNTS: EngineCounts = {
  ...{ connects: 0, roundTrips: 0, commands: 0, sent_bytes: 0, received_bytes: 0, dropped: 0, late: 0 },
  times: readTimes([], 0, TIME_BOUNDS_MS),
  faults: {
    ...{ unreachable: 0, timeout: 0, closed: 0, certificate: 0, hanging: 0, credentials: 0, permission: 0, version: 0 },
    ...{ replica: 0, loading: 0, full: 0, moved: 0, 'cluster-down': 0, 'no-master': 0, other: 0 },
  },
};

/** Until there is a client of the engine: one that is away. `tell`: what the operator must hear. */
export function openEngine(share: ShareOptions, tell: (notice: Notice) => void): OpenedEngine {
  void [share, tell];
  const engine: Engine = {
    isUp: false,
    status: { isUp: false, since_ms: 0, place: '', server: undefined, fault: 'unreachable', detail: undefined },
    counts: NO_COUNTS,
    ask: async () => undefined,
    onUp() {},
    close: async () => {},
  };
  return { engine, writes: { put() {}, counts: { waiting: 0, dropped: 0 }, close() {} } };
}
