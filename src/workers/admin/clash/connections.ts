// The live connections for dashboards for Clash, which take all of them at once, and again each second: the newest, as many as such a
// page can show.
import type { Sought } from '../../../threads/contracts/admin/found.js';
import { listed } from '../api/connections/listing.js';
import type { AdminParts } from '../shared/parts.js';
import { type ClashConnection, clashConnection } from './connection.js';
import { groupNames } from './groups.js';

const CONNECTIONS_MAX = 500;
const NEWEST: Sought = {
  which: 'live',
  filter: {},
  order: { by: 'opened_at', descending: true },
  after: undefined,
  most: CONNECTIONS_MAX,
};

export type ClashParts = Pick<
  AdminParts,
  'options' | 'listeners' | 'rules' | 'gateway' | 'connections' | 'routes' | 'counts' | 'udpLines'
>;

export interface ClashConnections {
  readonly uploadTotal: number;
  readonly downloadTotal: number;
  readonly connections: readonly ClashConnection[];
  readonly memory: number;
}

export async function connectionsNow(parts: ClashParts): Promise<ClashConnections> {
  const { told } = await listed(parts, NEWEST);
  const { race } = groupNames(parts.options().lines.map(({ name }) => name));
  const naming = { race, listeners: parts.listeners() };
  const { up, down } = parts.counts().carriedInAll;
  return {
    uploadTotal: up,
    downloadTotal: down,
    connections: told.map(({ id, one }) => clashConnection(id, one, naming)),
    memory: process.memoryUsage.rss(),
  };
}
