// How much the gateway has room for: connections, pipes, sockets for races and for DNS, by the limit of descriptors and by what
// the configuration asks for. It opens nothing.
import { needsTunnel } from '../../protocol/lines/line.js';
import type { Configuration, Options } from '../../protocol/options.js';
import type { Rule } from '../../protocol/rules/rule.js';
import type { UsersOptions } from '../../protocol/users/user-entry.js';
import type { Failed } from '../process/done.js';
import { countServers, fdUse, settleConnectionsMax } from '../process/fd-limit.js';

export interface Settled {
  readonly code: 'settled';
  /** As configured, with what was computed. */
  readonly options: Options;
  readonly rules: readonly Rule[];
  readonly users: UsersOptions | undefined;
  readonly warning: string | undefined;
  /** The number of descriptors for each use, and their limit. */
  readonly fds: Readonly<Record<string, number>>;
}

/** `leaving`: workers that are still there beside those that are configured. */
export function settleRoom(asked: Configuration, fdLimit: number, leaving = 0): Settled | Failed {
  const demand = {
    ...{ fdLimit, workers: asked.workers + leaving },
    pipesMax: asked.limits.pipes_max,
    attemptsMax: asked.race.attempts_max,
    servers: countServers([...asked.nameservers, ...asked.nameservers_backup]),
    listeners: asked.listen.length,
    tunnels: asked.lines.some(needsTunnel),
    associations: asked.udp.enabled ? asked.udp.associations_max : 0,
  };
  const room = settleConnectionsMax(asked.limits.connections_max, demand);
  if (room.code === 'failed') return room;
  const { udp_sockets_max, associations_max, way_fds_max, ...limits } = room.share;
  const { rules, users, ...own } = asked;
  const options = {
    ...own,
    limits: { ...own.limits, ...limits },
    dns: { ...own.dns, udp_sockets_max },
    udp: { ...own.udp, associations_max, way_fds_max },
  };
  const fds = { limit: fdLimit, ...fdUse(room.share, demand) };
  return { code: 'settled', options, rules, users, warning: room.warning, fds };
}
