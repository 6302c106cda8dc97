// Which list a command asks for, and with which filters: what the command line says, as the API takes it. The gateway says what
// is wrong with a filter.
import type { Query } from '../admin/client.js';
import type { ListCommand } from '../admin/looks.js';
import { BAD_ADDRESSES } from './bad-addresses.js';
import { BUDGETS } from './budgets.js';
import { ENDED, LIVE } from './connections.js';
import { ENDED_FLOWS, LIVE_FLOWS } from './flows.js';
import { LINES } from './lines.js';
import type { List } from './list.js';
import { ROUTES } from './routes.js';

/** Options of the command line; undefined for what is not given. */
export interface Asked {
  readonly ended?: boolean | undefined;
  readonly client?: string | undefined;
  readonly user?: string | undefined;
  readonly target?: string | undefined;
  readonly line?: string | undefined;
  readonly listener?: string | undefined;
  readonly sort?: string | undefined;
  readonly how?: string | undefined;
  readonly kind?: string | undefined;
  readonly association?: string | undefined;
}

export function listOf(command: ListCommand, { ended }: Asked): List {
  switch (command) {
    case 'connections':
      return ended ? ENDED : LIVE;
    case 'flows':
      return ended ? ENDED_FLOWS : LIVE_FLOWS;
    case 'lines':
      return LINES;
    case 'routes':
      return ROUTES;
    case 'bad-addresses':
      return BAD_ADDRESSES;
    case 'budgets':
      return BUDGETS;
    default:
      return command satisfies never;
  }
}

export function queryOf(
  command: ListCommand,
  { ended, client, user, target, line, listener, sort, how, kind, association }: Asked,
): Query {
  const alike = { state: ended ? 'ended' : 'live', client, user, target, line, listener, sort };
  switch (command) {
    case 'connections':
      return alike;
    case 'flows':
      return { ...alike, kind, association };
    case 'routes':
      return { match: target, line };
    case 'lines':
      return {};
    case 'bad-addresses':
      return { how };
    case 'budgets':
      return { user };
    default:
      return command satisfies never;
  }
}
