// The role of a connection actor: what it shares with main, and what main does when it dies. The actor's connections are
// reset then; the clients that it had not taken from its queue go to other actors. Restarting is done by host.ts.
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { ConnectionStart, SharedMemory } from '../../threads/contracts/start.js';
import { ConnectionCounts } from '../../threads/shared/connection-counts.js';
import { Counter, type Counters } from '../../threads/shared/counters.js';
import type { FdQueue } from '../../threads/shared/fd-queue.js';
import { MapTable, OwnerTable } from '../../threads/shared/owner-table.js';
import { Shares } from '../../threads/shared/shares.js';
import { UdpCounts } from '../../threads/shared/udp-counts.js';
import { UdpUse } from '../../threads/shared/udp-use.js';
import type { Logger } from '../process/log.js';
import type { Notices } from '../process/notices.js';
import type { AccessPorts } from './access-ports.js';
import { ActorLog } from './log-port.js';
import { reap } from './reap.js';
import type { Role } from './role.js';
import type { Switchboard } from './switchboard.js';

export interface ConnectionParts {
  readonly actor: number;
  readonly engine: 'uring' | 'epoll';
  readonly shared: SharedMemory;
  readonly queue: FdQueue;
  readonly counters: Counters;
  readonly connections_most: number;
  readonly doorbell: number;
  readonly mainDoorbell: number;
  readonly switchboard: Switchboard;
  readonly log: Logger;
  readonly accessPorts: AccessPorts;
  readonly notices: Notices;
  /** Called when the actor serves, after each start. */
  readonly serves: (actor: number) => void;
  /** Called when the actor has ended, once what it leaves behind is counted. */
  readonly gone: (actor: number) => void;
  /** Called with the clients that the dead actor had left in its queue, as `handOff` numbers. */
  readonly takeBack: (clients: readonly number[]) => void;
}

export function connectionRole(parts: ConnectionParts): Role<ConnectionActor> {
  const { actor, engine, shared, queue, counters } = parts;
  const { doorbell, mainDoorbell, switchboard, log, notices, connections_most } = parts;
  const owners = new OwnerTable(shared.owners);
  const maps = new MapTable(shared.maps);
  const connectionCounts = new ConnectionCounts(shared.own.connectionCounts);
  const udpCounts = new UdpCounts(shared.own.udpCounts);
  const shares = [shared.clientShares, shared.userShares, shared.udp.shares].map((memory) => new Shares(memory));
  const udpUse = new UdpUse(shared.udp.use, actor);
  const said = new ActorLog(notices);
  const { accessPorts } = parts;
  let turnsSeen = -1;
  return {
    kind: 'connection',
    name: `connection actor ${actor}`,
    begin(control) {
      const port = said.open();
      const lines = accessPorts.open(actor);
      const ports = [control, port, ...(lines === undefined ? [] : [lines.port])];
      const own = {
        actor,
        engine,
        control,
        log: port,
        access: lines,
        shared,
        doorbell,
        mainDoorbell,
        connections_most,
      };
      return { start: { ...own, ...switchboard.generation } satisfies ConnectionStart, ports };
    },
    async ready(control) {
      const has = await control.ready();
      if (has.engine !== engine) log.warn({ actor, why: has.why }, `connection actor runs on ${has.engine}`);
    },
    async serving(control) {
      // Both may have changed since it was started.
      await Promise.all([switchboard.connectionServes(control, shared.own), accessPorts.follow(actor, control)]);
      parts.serves(actor);
    },
    async turns() {
      const turns = counters.read(actor, Counter.turns);
      const turned = turns !== turnsSeen;
      turnsSeen = turns;
      return turned;
    },
    beat: () => counters.read(actor, Counter.turns),
    stop: (control, timeout_ms) => control.drain(timeout_ms),
    gone() {
      switchboard.connectionGone(actor);
      said.close();
      accessPorts.close(actor);
      udpUse.clear();
      const left = reap({ actor, owners, maps, queue, counters, connectionCounts, udpCounts, shares });
      parts.gone(actor);
      parts.takeBack(left);
    },
  };
}
