// Sites of several sizes in virtual time, as text.
import { runOutage, USUAL_OUTAGE } from './model/outage-run.js';
import { type FleetParameters, USUAL } from './model/parameters.js';
import { runRoutes } from './model/routes-run.js';
import { formatOutage, formatRoutes } from './model/tables.js';

/** Above this size all gateways telling all news is a matter of gigabytes. */
const ALL_MAX = 100;
/** The site that is also attacked. */
const POISONED = 10;

export function simulated(sizes: readonly number[]): string {
  const routes = sizes.flatMap((gateways) => {
    return kindsOf(gateways).map((kind) => {
      const parameters = { ...USUAL, gateways, ...kind };
      return { parameters, figures: runRoutes(parameters) };
    });
  });
  const outages = sizes.flatMap((gateways) => {
    const kinds = gateways > ALL_MAX ? (['none', 'few'] as const) : (['none', 'few', 'all'] as const);
    return kinds.map((news) => {
      const parameters = { ...USUAL_OUTAGE, gateways, news };
      return { parameters, figures: runOutage(parameters) };
    });
  });
  return `${formatRoutes(routes)}\n${formatOutage(outages)}`;
}

function kindsOf(gateways: number): readonly Pick<FleetParameters, 'shared' | 'poisoned'>[] {
  const usual = { shared: true, poisoned: 0 };
  if (gateways <= 2) return [{ ...usual, shared: false }, usual];
  return gateways === POISONED ? [usual, ...[1, 2, 3].map((poisoned) => ({ shared: true, poisoned }))] : [usual];
}
