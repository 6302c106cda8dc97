// The endpoints of flows of datagrams: those that live, and those that ended last, with their QUIC races.
import type { Static } from 'typebox';
import { parseConnectionId } from '../../../../protocol/connections/connection-id.js';
import type { FlowFilter } from '../../../../protocol/udp/flow-filter.js';
import { within } from '../../../../threads/within.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { actorOf, besideOf, closedBy } from '../connections/alike.js';
import { filterOf, soughtBy, wrong } from '../connections/asked.js';
import { ASK_MS } from '../connections/pieces.js';
import { listedFlows, SOURCE } from './listing.js';
import { Closed, Filter, Flow, Id, Listed, Page } from './schemas.js';
import { shown } from './shown.js';

const PATH = '/api/v1/flows';
const NOBODY = 'there is no such flow, or it is not on record any more';
const SILENT = 'the worker of the flow has not answered in time';

export const FLOWS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: PATH,
    summary: 'Flows of datagrams that live, or that ended last',
    query: Listed,
    answer: Page,
    async handle({ query }, parts) {
      const { filter, problems } = flowFilterOf(query);
      const sought = soughtBy(query, filter, problems);
      if (sought.code !== 'read') return sought;
      const listing = await listedFlows(parts, sought.value);
      return answered({
        flows: listing.told.map(({ id, one }) => shown(id, one)),
        ...besideOf(listing, sought.value.order),
      });
    },
  }),
  endpoint({
    method: 'GET',
    path: `${PATH}/{id}`,
    summary: 'One flow',
    params: Id,
    answer: Flow,
    async handle({ params }, parts) {
      const found = actorOf(params.id, parts, NOBODY);
      if (found.code !== 'found') return found;
      const answer = await within(ASK_MS, found.actor.flows([found.id]));
      if (answer.code !== 'answered') return refused(503, SILENT);
      const [record] = answer.value;
      return record === undefined ? refused(404, NOBODY) : answered(shown(found.id, record));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    summary: 'Ends a flow; what the client sends there next opens another one',
    params: Id,
    answer: Closed,
    async handle({ params }, parts) {
      const found = actorOf(params.id, parts, NOBODY);
      if (found.code !== 'found') return found;
      const answer = await within(ASK_MS, found.actor.closeFlow(found.id));
      if (answer.code !== 'answered') return refused(503, SILENT);
      return answer.value === 'closed' ? answered({ closed: 1 }) : refused(404, 'there is no such live flow');
    },
  }),
  endpoint({
    method: 'DELETE',
    path: PATH,
    summary: 'Ends all live flows that a filter means; without a filter none',
    query: Filter,
    answer: Closed,
    async handle({ query }, parts) {
      return closedBy(parts, SOURCE, query, Object.keys(Filter.properties), flowFilterOf(query), 'ended');
    },
  }),
];

/** All mistakes are told at once. */
function flowFilterOf({ kind, association, ...rest }: Static<typeof Filter>) {
  const { filter, problems } = filterOf(rest);
  const control = association === undefined ? undefined : parseConnectionId(association);
  const isWrong = association !== undefined && control === undefined;
  const found: FlowFilter = { ...filter, kind, association: control };
  if (!isWrong) return { filter: found, problems };
  return { filter: found, problems: [...problems, wrong('association', association, 'the `id` of a connection')] };
}
