// All endpoints of the API: each resource has its list in a folder of its own.
import type { Endpoint, Streamed } from '../endpoint/endpoint.js';
import { BAD_ADDRESSES } from './bad-addresses/bad-addresses.js';
import { BUDGETS } from './budgets/budgets.js';
import { CONFIGURATION } from './configuration/configuration.js';
import { CONNECTIONS } from './connections/connections.js';
import { DNS } from './dns/dns.js';
import { EVENTS } from './events/events.js';
import { FLEET } from './fleet/fleet.js';
import { FLOWS } from './flows/flows.js';
import { LINES } from './lines/lines.js';
import { PINS } from './routes/pins.js';
import { ROUTES } from './routes/routes.js';
import { SNAPSHOT } from './routes/snapshot.js';
import { RULES } from './rules/rules.js';
import { STATUS } from './status/status.js';

export const ENDPOINTS: readonly Endpoint[] = [
  ...[...STATUS, ...CONFIGURATION, ...CONNECTIONS, ...FLOWS, ...LINES, ...PINS, ...ROUTES],
  ...[...RULES, ...DNS, ...BAD_ADDRESSES, ...BUDGETS, ...FLEET],
];

/** What answers with no JSON; see app.ts for who serves it. */
export const STREAMS: readonly Streamed[] = [EVENTS, SNAPSHOT];
