// The endpoints of flows of datagrams: those that live, and those that ended last, with their QUIC races.
import type { Static } from 'typebox';
import { type ConnectionId, parseConnectionId } from '../../../../protocol/connections/connection-id.js';
import { formatCursor } from '../../../../protocol/connections/order.js';
import type { FlowFilter } from '../../../../protocol/udp/flow-filter.js';
import type { FlowRecord } from '../../../../protocol/udp/flow-record.js';
import type { ConnectionsAdmin } from '../../../../threads/contracts/admin/connections.js';
import type { Remote } from '../../../../threads/port.js';
import { within } from '../../../../threads/within.js';
import { answered, type Endpoint, endpoint, type Refusal, refused } from '../../endpoint/endpoint.js';
import { filterOf, soughtBy, wrong } from '../connections/asked.js';
import { type Actors, ASK_MS, closeAllOf, listedOf, type Source } from '../connections/pieces.js';
import { Closed, Filter, Flow, Id, Listed, Page } from './schemas.js';
import { shown } from './shown.js';

const PATH = '/api/v1/flows';
const NOBODY = 'there is no such flow, or it is not on record any more';
const SILENT = 'the worker of the flow has not answered in time';

const SOURCE: Source<FlowFilter, FlowRecord> = {
  find: (actor, sought, from) => actor.findFlows(sought, from),
  tell: (actor, ids) => actor.flows(ids),
  close: (actor, filter, from) => actor.closeFlows(filter, from),
};

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
      const { told, matched, last, silent } = await listedOf(parts, SOURCE, sought.value);
      return answered({
        flows: told.map(({ id, one }) => shown(id, one)),
        matched,
        ...(last === undefined ? {} : { next: formatCursor(sought.value.order, last) }),
        silent_workers: [...silent],
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
      const found = actorOf(params.id, parts);
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
      const found = actorOf(params.id, parts);
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
      const { filter, problems } = flowFilterOf(query);
      if (Object.values(query).every((one) => one === undefined)) {
        return refused(400, `a filter is wanted, one at least of ${Object.keys(Filter.properties).join(', ')}`);
      }
      if (problems.length > 0) return refused(400, problems.join('; '));
      const { closed, silent } = await closeAllOf(parts, SOURCE, filter);
      if (silent.length === 0) return answered({ closed });
      return refused(503, `${closed} were ended; workers ${silent.join(', ')} have not answered in time`);
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

interface FoundActor {
  readonly code: 'found';
  readonly id: ConnectionId;
  readonly actor: Remote<ConnectionsAdmin>;
}

function actorOf(text: string, actors: Actors): FoundActor | Refusal {
  const id = parseConnectionId(text);
  const actor = id && actors.connections().get(id.actor);
  return id === undefined || actor === undefined ? refused(404, NOBODY) : { code: 'found', id, actor };
}
