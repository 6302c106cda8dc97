// The live connections and flows of datagrams for dashboards for Clash, which take all of them at once, and again each second: the newest,
// as many as such a page can show.
import type { Sought } from '../../../threads/contracts/admin/found.js';
import { UdpCounts } from '../../../threads/shared/udp-counts.js';
import { listed } from '../api/connections/listing.js';
import { listedFlows } from '../api/flows/listing.js';
import type { AdminParts } from '../shared/parts.js';
import { type ClashConnection, clashConnection, clashFlow } from './connection.js';
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

const NONE = { told: [] };

export interface ClashConnections {
  readonly uploadTotal: number;
  readonly downloadTotal: number;
  readonly connections: readonly ClashConnection[];
  readonly memory: number;
}

export async function connectionsNow(parts: ClashParts): Promise<ClashConnections> {
  const hasFlows = UdpCounts.liveFlows(parts.counts().udp) > 0;
  const [{ told }, flows] = await Promise.all([listed(parts, NEWEST), hasFlows ? listedFlows(parts, NEWEST) : NONE]);
  const { race } = groupNames(parts.options().lines.map(({ name }) => name));
  const naming = { race, listeners: parts.listeners() };
  const { up, down } = parts.counts().carriedInAll;
  return {
    uploadTotal: up,
    downloadTotal: down,
    connections: newest([
      ...told.map(({ id, one }) => clashConnection(id, one, naming)),
      ...flows.told.map(({ id, one }) => clashFlow(id, one, naming)),
    ]),
    memory: process.memoryUsage.rss(),
  };
}

/** Times as text sort as they are. */
const newest = (all: readonly ClashConnection[]): readonly ClashConnection[] =>
  [...all].sort((a, b) => (a.start < b.start ? 1 : a.start > b.start ? -1 : 0)).slice(0, CONNECTIONS_MAX);
