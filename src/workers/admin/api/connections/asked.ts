// Reads what a request says of connections, or of flows: what its schema cannot check. All mistakes are told at once.
import type { Static } from 'typebox';
import { type ConnectionFilter, clientFilterOf, targetFilterOf } from '../../../../protocol/connections/filter.js';
import { type Order, parseCursor } from '../../../../protocol/connections/order.js';
import type { Sought } from '../../../../threads/contracts/admin/found.js';
import { type Refusal, refused } from '../../endpoint/endpoint.js';
import type { Filter, Listed } from './schemas.js';

const CLIENTS = 'an address, a network such as 192.0.2.0/24, or unix';
const TARGETS = 'a name, an address or a network, with :PORT behind it or not, or :PORT alone';

type Read<T> = { readonly code: 'read'; readonly value: T } | Refusal;

interface ReadFilter {
  readonly filter: ConnectionFilter;
  readonly problems: readonly string[];
}

export function filterOf({ client, target, user, line, listener }: Static<typeof Filter>): ReadFilter {
  const [whose, where] = [client && clientFilterOf(client), target && targetFilterOf(target)];
  const problems: string[] = [];
  if (client !== undefined && whose === undefined) problems.push(wrong('client', client, CLIENTS));
  if (target !== undefined && where === undefined) problems.push(wrong('target', target, TARGETS));
  return { filter: { client: whose || undefined, target: where || undefined, user, line, listener }, problems };
}

export function soughtOf(query: Static<typeof Listed>): Read<Sought> {
  const { filter, problems } = filterOf(query);
  return soughtBy(query, filter, problems);
}

type Paged = Pick<Static<typeof Listed>, 'state' | 'sort' | 'order' | 'limit' | 'cursor'>;

/** `unread`: what is wrong with the filter. */
export function soughtBy<Filter>(query: Paged, filter: Filter, unread: readonly string[]): Read<Sought<Filter>> {
  const problems = [...unread];
  const { state: which = 'live', limit: most = 100, cursor } = query;
  const by = query.sort ?? (which === 'ended' ? 'ended_at' : 'opened_at');
  if (by === 'ended_at' && which === 'live') {
    problems.push('query "sort": "ended_at" is not allowed; allowed: the others, or state=ended beside it');
  }
  const order: Order = { by, descending: query.order !== 'asc' };
  const after = cursor === undefined ? undefined : parseCursor(order, cursor);
  if (cursor !== undefined && after === undefined) {
    problems.push(wrong('cursor', cursor, 'the "next" of the page before, with the same "sort" and "order"'));
  }
  if (problems.length > 0) return refused(400, problems.join('; '));
  return { code: 'read', value: { which, filter, order, after, most } };
}

export const wrong = (name: string, value: string, allowed: string): string =>
  `query "${name}": ${JSON.stringify(value)} is not allowed; allowed: ${allowed}`;
