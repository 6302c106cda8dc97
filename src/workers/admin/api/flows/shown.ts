// A flow as the API shows it. Pure.
import type { Static } from 'typebox';
import { type ConnectionId, formatConnectionId } from '../../../../protocol/connections/connection-id.js';
import type { FlowRecord } from '../../../../protocol/udp/flow-record.js';
import { present } from '../connections/shown.js';
import type { Flow } from './schemas.js';

const timeOf = (ms: number): string => new Date(ms).toISOString();

/** Without what the flow does not have. */
export function shown(id: ConnectionId, { attempts, opened_at, ...rest }: FlowRecord): Static<typeof Flow> {
  const { ending, duration_ms } = rest;
  return present({
    id: formatConnectionId(id),
    ...rest,
    attempts: attempts.map(present),
    opened_at: timeOf(opened_at),
    ended_at: ending === undefined ? undefined : timeOf(opened_at + duration_ms),
  });
}
