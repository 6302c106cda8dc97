// All endpoints of the API: each resource has its list in a folder of its own.
import type { Endpoint } from '../endpoint/endpoint.js';
import { CONNECTIONS } from './connections/connections.js';
import { STATUS } from './status/status.js';

export const ENDPOINTS: readonly Endpoint[] = [...STATUS, ...CONNECTIONS];
