// The endpoints of connections: those that live, and those that ended last, with their races.
import { within } from '../../../../threads/within.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { actorOf, besideOf, closedBy } from './alike.js';
import { filterOf, soughtOf } from './asked.js';
import { listed, SOURCE } from './listing.js';
import { ASK_MS } from './pieces.js';
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
      const listing = await listed(parts, sought.value);
      return answered({
        connections: listing.told.map(({ id, one }) => shown(id, one)),
        ...besideOf(listing, sought.value.order),
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
      const found = actorOf(params.id, parts, NOBODY);
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
      const found = actorOf(params.id, parts, NOBODY);
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
      return closedBy(parts, SOURCE, query, Object.keys(Filter.properties), filterOf(query), 'closed');
    },
  }),
];
