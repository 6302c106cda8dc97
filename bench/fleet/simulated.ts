// Sites of several sizes in virtual time, as text.
import { runOutage, USUAL_OUTAGE } from './model/outage-run.js';
import { USUAL } from './model/parameters.js';
import { runRoutes } from './model/routes-run.js';
import { formatOutage, formatRoutes } from './model/tables.js';

/** Above this size all gateways telling all news is a matter of gigabytes. */
const ALL_MAX = 100;

export function simulated(sizes: readonly number[]): string {
  const routes = sizes.flatMap((gateways) => {
    const both = gateways <= 2 ? [false, true] : [true];
    return both.map((shared) => {
      const parameters = { ...USUAL, gateways, shared };
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
