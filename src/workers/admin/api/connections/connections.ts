// The endpoints of connections: those that live, and those that ended last, with their races.

import { type ConnectionId, parseConnectionId } from '../../../../protocol/connections/connection-id.js';
import { formatCursor } from '../../../../protocol/connections/order.js';
import type { ConnectionsAdmin } from '../../../../threads/contracts/admin/connections.js';
import type { Remote } from '../../../../threads/port.js';
import { within } from '../../../../threads/within.js';
import { answered, type Endpoint, endpoint, type Refusal, refused } from '../../endpoint/endpoint.js';
import { filterOf, soughtOf } from './asked.js';
import { closeAll, listed } from './listing.js';
import { type Actors, ASK_MS } from './pieces.js';
import { Closed, Detailed, Filter, Id, Listed, Page } from './schemas.js';
import { shown, shownWhole } from './shown.js';

const PATH = '/api/v1/connections';
const NOBODY = 'there is no such connection, or it is not on record any more';
const SILENT = 'the worker of the connection has not answered in time';

export const CONNECTIONS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: PATH,
    summary: 'Connections that live, or that ended last',
    query: Listed,
    answer: Page,
    async handle({ query }, parts) {
      const sought = soughtOf(query);
      if (sought.code !== 'read') return sought;
      const { told, matched, last, silent } = await listed(parts, sought.value);
      return answered({
        connections: told.map(({ id, one }) => shown(id, one)),
        matched,
        ...(last === undefined ? {} : { next: formatCursor(sought.value.order, last) }),
        silent_workers: [...silent],
      });
    },
  }),
  endpoint({
    method: 'GET',
    path: `${PATH}/{id}`,
    summary: 'One connection with its race',
    params: Id,
    answer: Detailed,
    async handle({ params }, parts) {
      const found = actorOf(params.id, parts);
      if (found.code !== 'found') return found;
      const { id, actor } = found;
      const asked = Promise.all([actor.summaries([id]), actor.record(id)]);
      const answer = await within(ASK_MS, asked);
      if (answer.code !== 'answered') return refused(503, SILENT);
      const [[summary], record] = answer.value;
      if (summary === undefined || record === undefined) return refused(404, NOBODY);
      return answered(shownWhole(id, summary, record));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    summary: 'Resets a connection',
    params: Id,
    answer: Closed,
    async handle({ params }, parts) {
      const found = actorOf(params.id, parts);
      if (found.code !== 'found') return found;
      const answer = await within(ASK_MS, found.actor.close(found.id));
      if (answer.code !== 'answered') return refused(503, SILENT);
      if (answer.value === 'unknown') return refused(404, 'there is no such live connection');
      if (answer.value === 'ending') {
        return refused(409, 'the connection has failed already, and ends as soon as its client has heard so');
      }
      return answered({ closed: 1 });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: PATH,
    summary: 'Resets all live connections that a filter means; without a filter none',
    query: Filter,
    answer: Closed,
    async handle({ query }, parts) {
      const { filter, problems } = filterOf(query);
      if (Object.values(query).every((one) => one === undefined)) {
        return refused(400, `a filter is wanted, one at least of ${Object.keys(Filter.properties).join(', ')}`);
      }
      if (problems.length > 0) return refused(400, problems.join('; '));
      const { closed, silent } = await closeAll(parts, filter);
      if (silent.length === 0) return answered({ closed });
      return refused(503, `${closed} were closed; workers ${silent.join(', ')} have not answered in time`);
    },
  }),
];

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
