// All endpoints of the API: each resource has its list in a folder of its own.
import type { Endpoint } from '../endpoint/endpoint.js';
import { CONNECTIONS } from './connections/connections.js';
import { LINES } from './lines/lines.js';
import { PINS } from './routes/pins.js';
import { ROUTES } from './routes/routes.js';
import { STATUS } from './status/status.js';

export const ENDPOINTS: readonly Endpoint[] = [...STATUS, ...CONNECTIONS, ...LINES, ...PINS, ...ROUTES];
