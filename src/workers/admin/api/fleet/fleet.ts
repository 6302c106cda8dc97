// The gateways of the site, and what this one shares with them.
import type { EngineSeen, GatewaySeen } from '../../../../threads/contracts/admin/share.js';
import { statsOf } from '../../../../threads/shared/stats.js';
import { answered, type Endpoint, endpoint } from '../../endpoint/endpoint.js';
import { told } from '../../endpoint/told.js';
import type { AdminParts } from '../../shared/parts.js';
import { Fleet } from './schemas.js';

const ACTOR = 'the share actor';
/** It asks the engine twice, and waits for a second each time. */
const GATEWAYS_MS = 3000;

export const FLEET: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/fleet',
    summary: 'The gateways of the site, the engine over which they share what they learned, and what came of it',
    answer: Fleet,
    async handle(_, parts) {
      const { options, share } = parts;
      if (options().share.url === null) return answered(NOTHING_SHARED);
      const asked = [told(ACTOR, share()?.state()), told(ACTOR, share()?.gateways(), GATEWAYS_MS)] as const;
      const [state, gateways] = await Promise.all(asked);
      if (state.code !== 'told') return state;
      if (gateways.code !== 'told') return gateways;
      const { engine, routes, news, limits, ...rest } = state.value;
      return answered({
        ...rest,
        engine: engineOf(engine),
        ...{ routes: routes ?? null, hints: routes === undefined ? null : hintsOf(parts) },
        news: news === undefined ? null : { ...news, read_age_ms: news.read_age_ms ?? null },
        limits: limits ?? null,
        gateways: gateways.value?.map((one) => shown(one, rest.gateway)) ?? null,
      });
    },
  }),
];

const NOTHING_SHARED = {
  ...{ site: null, gateway: null, engine: null, routes: null, hints: null, news: null, limits: null },
  gateways: [],
};

function hintsOf({ counters, counted }: Pick<AdminParts, 'counters' | 'counted'>) {
  const { hintsAsked, hintsTold, hintsTooLate, hintsFirst, hintsUseful } = statsOf(counters, counted());
  return { asked: hintsAsked, told: hintsTold, too_late: hintsTooLate, first: hintsFirst, useful: hintsUseful };
}

const engineOf = ({ server, fault, detail, ...rest }: EngineSeen) => ({
  ...{ ...rest, server: server ?? null, fault: fault ?? null, detail: detail ?? null },
});

const shown = ({ name, is_known, present }: GatewaySeen, own: string) => ({
  ...{ name, is_own: name === own, is_known, is_present: present !== undefined },
  ...{ version: present?.version ?? null, uptime_s: present?.uptime_s ?? null, age_ms: present?.age_ms ?? null },
  ...{ open: present?.open ?? null, lines: present?.lines ?? null, lines_up: present?.lines_up ?? null },
  counts: present?.counts ?? {},
});
