// The state of the whole gateway, for those who look at it from outside. It asks no actor.
import type { UdpOptions } from '../../protocol/udp-options.js';
import type { ActorStatus, GatewayStatus, UdpStatus } from '../../threads/contracts/admin/status.js';
import type { GatewayCounts } from '../../threads/shared/gateway-counts.js';
import type { Stats } from '../../threads/shared/stats.js';
import { UdpCounts, type UdpTotals } from '../../threads/shared/udp-counts.js';
import type { ListeningSocket } from '../accept/listening-socket.js';
import type { Supervisor } from '../actors/supervisor.js';
import { budgetStatus } from '../budgets/shown.js';
import { openFds } from '../observe/open-fds.js';
import type { Notices } from '../process/notices.js';
import { ownVersion } from '../process/own-version.js';

export interface StatusParts {
  readonly supervisor: Pick<Supervisor, 'status' | 'options' | 'budgets'>;
  readonly admin: { readonly status: readonly ActorStatus[] };
  readonly dispatcher: { live(): number };
  readonly listeners: { readonly open: readonly ListeningSocket[] };
  readonly stats: () => Stats;
  readonly udp: () => UdpTotals;
  readonly engine: GatewayStatus['engine'];
  readonly counts: Pick<GatewayCounts, 'arrivals'>;
  readonly notices: Pick<Notices, 'troubles'>;
  readonly fdsMax: number;
}

export async function statusOf(parts: StatusParts, isDraining: boolean): Promise<GatewayStatus> {
  const { supervisor, admin, dispatcher, listeners, stats, udp, counts, engine, notices, fdsMax } = parts;
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { limits, udp: udpOptions, log_level } = supervisor.options;
  return {
    ...{ version: ownVersion(), node: process.versions.node, engine, pid: process.pid },
    started_at: new Date(performance.timeOrigin).toISOString(),
    uptime_s: Math.round(process.uptime()),
    state: isDraining ? 'draining' : 'serving',
    listeners: listeners.open.map((one) => ({ ...listenerStatus(one), ...counts.arrivals(one.listener.number) })),
    actors: [...supervisor.status, ...admin.status],
    connections: { live: dispatcher.live(), max: limits.connections_max },
    udp: udpStatus(udp(), udpOptions),
    totals: stats(),
    fds: { open: (await openFds()) ?? null, max: fdsMax },
    memory: {
      ...{ bytes_resident: rss, bytes_heap_used: heapUsed, bytes_heap_total: heapTotal, bytes_external: external },
    },
    log_level,
    budgets: supervisor.budgets.shown.map(budgetStatus),
    troubles: notices.troubles,
  };
}

const listenerStatus = ({ listener: { name, protocols }, address }: ListeningSocket) => ({ name, address, protocols });

function udpStatus(totals: UdpTotals, { associations_max, flows_max }: UdpOptions): UdpStatus {
  return {
    associations: { live: Math.max(UdpCounts.liveAssociations(totals), 0), max: associations_max },
    flows: { live: Math.max(UdpCounts.liveFlows(totals), 0), max: flows_max },
    ...{ datagrams_up: totals.datagramsUp, datagrams_down: totals.datagramsDown },
    ...{ bytes_up: totals.bytesUp, bytes_down: totals.bytesDown },
    dropped: Object.values(totals.dropped).reduce((sum, count) => sum + count, 0),
    ...{ quic_races: totals.races, quic_rescues: totals.rescues },
  };
}
