// What is remembered of destinations: look up, list, forget.
import { Type } from 'typebox';
import { targetOfText } from '../../../../protocol/address/target.js';
import { destinationKey } from '../../../../protocol/routes/destination-key.js';
import type { RouteFilter } from '../../../../protocol/routes/listing.js';
import type { RouteKnown } from '../../../../threads/contracts/admin/routes.js';
import { answered, type Endpoint, endpoint, type Refusal, refused } from '../../endpoint/endpoint.js';
import { fields, limit } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';
import type { AdminParts } from '../../shared/parts.js';
import { noSuchLine } from '../lines/steer.js';
import { cursorText, parseCursor } from './cursor.js';
import { candidatesOf, listed, type NameOf, pinnedOf } from './route-view.js';
import { Destination, Filter, Forgotten, Known, List, Sort } from './schemas.js';

export const ROUTE_ACTOR = 'the route actor';
/** For a look at a whole table, of up to a million destinations. */
const TABLE_MS = 10_000;
const PORT_USUAL = 443;

const ITS_KEY = fields({ destination: Destination });

type RouteParts = Pick<AdminParts, 'options' | 'routes'>;

export function namesOf({ options }: Pick<AdminParts, 'options'>): NameOf {
  const names = new Map(options().lines.map(({ number, name }) => [number, name]));
  return (line) => names.get(line);
}

/** The key of a destination for all askers; undefined for a text that is none. */
export function keyOf(text: string): string | undefined {
  const target = targetOfText(text, PORT_USUAL);
  return target && destinationKey(target.asked, target.port, undefined);
}

/** As it is asked for, or as it is written in the table. A pin holds also where nothing is remembered. */
async function lookUp({ routes }: RouteParts, text: string) {
  for (const key of new Set([text, keyOf(text) ?? text])) {
    const known = await told(ROUTE_ACTOR, routes()?.lookUp(key));
    if (known.code !== 'told') return known;
    if (known.value !== undefined) return { code: 'known', key, known: known.value } as const;
  }
  const lines = await told(ROUTE_ACTOR, routes()?.lines());
  if (lines.code !== 'told') return lines;
  const key = keyOf(text);
  const { steering } = lines.value;
  if (key === undefined || steering.pins.every(({ destination }) => destination !== key))
    return refused(404, `nothing is remembered of ${JSON.stringify(text)}`);
  const nothing: RouteKnown = { state: { destination: key, candidates: [], best: -1 }, why: [], steering };
  return { code: 'known', key, known: nothing } as const;
}

function filterOf(
  { options }: RouteParts,
  { match = '', line: name }: { readonly match?: string | undefined; readonly line?: string | undefined },
): { readonly code: 'filter'; readonly filter: RouteFilter } | Refusal {
  const line = name === undefined ? undefined : options().lines.find((one) => one.name === name)?.number;
  if (name !== undefined && line === undefined) return noSuchLine(name);
  return { code: 'filter', filter: { match, line } };
}

export const ROUTES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/routes',
    summary: 'Destinations of which something is remembered, page by page',
    query: fields({
      ...Filter,
      sort: Type.Optional(Sort),
      limit: limit(100, 500),
      cursor: Type.Optional(
        Type.String({ minLength: 1, maxLength: 8192, description: 'The `next` of the page before' }),
      ),
    }),
    answer: List,
    async handle({ query }, parts) {
      const { sort = 'used', limit: most = 100, cursor } = query;
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      if (cursor !== undefined && after === undefined)
        return refused(400, `query "cursor": it is none; allowed: the "next" of the page before`);
      const filtered = filterOf(parts, query);
      if (filtered.code !== 'filter') return filtered;
      const { filter } = filtered;
      const page = await told(ROUTE_ACTOR, parts.routes()?.list({ ...filter, sort, limit: most, after }), TABLE_MS);
      if (page.code !== 'told') return page;
      const { routes, total, steering, next } = page.value;
      const nameOf = namesOf(parts);
      return answered({
        routes: routes.map((one) => listed(one, steering, nameOf)),
        total,
        ...(next && { next: cursorText(next) }),
      });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/v1/routes',
    summary: 'All actors forget what is remembered of destinations that match; live connections go on',
    query: fields({
      ...Filter,
      all: Type.Optional(Type.Boolean({ description: 'Forget everything: for a request without a filter' })),
    }),
    answer: Forgotten,
    async handle({ query }, parts) {
      const { match, line, all = false } = query;
      if ((match === undefined || match === '') && line === undefined && !all)
        return refused(400, 'query: what is to be forgotten? allowed: match, line, or all=true');
      const filtered = filterOf(parts, query);
      if (filtered.code !== 'filter') return filtered;
      const forgotten = await told(ROUTE_ACTOR, parts.routes()?.forgetAll(filtered.filter), TABLE_MS);
      return forgotten.code === 'told' ? answered({ forgotten: forgotten.value }) : forgotten;
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/v1/routes/{destination}',
    summary:
      'What is remembered of a destination: its candidates, their times and failures, and why the best one leads',
    params: ITS_KEY,
    answer: Known,
    async handle({ params: { destination } }, parts) {
      const found = await lookUp(parts, destination);
      if (found.code !== 'known') return found;
      const { key, known } = found;
      const nameOf = namesOf(parts);
      return answered({
        destination: key,
        pinned: pinnedOf(key, known.steering, nameOf),
        candidates: candidatesOf(known, nameOf),
      });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/v1/routes/{destination}',
    summary: 'All actors forget what is remembered of a destination; a pin stays',
    params: ITS_KEY,
    answer: Forgotten,
    async handle({ params: { destination } }, parts) {
      const keys = [...new Set([destination, keyOf(destination) ?? destination])];
      let forgotten = 0;
      for (const key of keys) {
        const isKnown = await told(ROUTE_ACTOR, parts.routes()?.forget(key));
        if (isKnown.code !== 'told') return isKnown;
        if (isKnown.value) forgotten += 1;
      }
      return answered({ forgotten });
    },
  }),
];
