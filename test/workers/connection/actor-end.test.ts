// An actor that has ended keeps nothing open in its thread: no port to main, to the judge of users or to another actor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { makeDoorbell } from '../../../src/linux/doorbell.js';
import { closeFd } from '../../../src/linux/sockets.js';
import type { ConnectionActor } from '../../../src/threads/contracts/connection.js';
import type { ConnectionStart } from '../../../src/threads/contracts/start.js';
import { call, moved } from '../../../src/threads/port.js';
import { newActorMemory } from '../../../src/threads/shared/actor-memory.js';
import { BulkSpans } from '../../../src/threads/shared/bulk-spans.js';
import { ClientAddresses } from '../../../src/threads/shared/client-addresses.js';
import { Counters } from '../../../src/threads/shared/counters.js';
import { MapTable, OwnerTable } from '../../../src/threads/shared/owner-table.js';
import { RoomFlag } from '../../../src/threads/shared/room-flag.js';
import { Shares } from '../../../src/threads/shared/shares.js';
import { SiteLeases } from '../../../src/threads/shared/site-leases.js';
import { newUdpMemory } from '../../../src/threads/shared/udp-memory.js';
import { USER_SLOTS, UserTable } from '../../../src/threads/shared/user-table.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { listenerOf } from '../../helpers/listener.js';
import { ENGINES } from '../../linux/world.js';

const ACTOR = new URL('../../../src/workers/connection/actor.js', import.meta.url).href;
const RESOURCES = new URL('../../helpers/active-resources.js', import.meta.url).href;
const FDS_MAX = 1024;

for (const { kind, missing } of ENGINES) {
  test(`${kind}: nothing is left in the thread of an actor that has ended`, { skip: missing ?? false }, async () => {
    const pool = new Piscina({ minThreads: 1, maxThreads: 1, atomics: 'disabled' });
    const resources = (): Promise<string[]> => pool.run(null, { filename: RESOURCES, name: 'activeResources' });
    const [control, log, names, reports, pushes, judge, secondJudge] = Array.from(
      { length: 7 },
      () => new MessageChannel(),
    ) as [
      MessageChannel,
      MessageChannel,
      MessageChannel,
      MessageChannel,
      MessageChannel,
      MessageChannel,
      MessageChannel,
    ];
    const [doorbell, mainDoorbell] = [makeDoorbell(), makeDoorbell()];
    const start: ConnectionStart = {
      connections_most: 1000,
      ...{ actor: 0, options: defaultOptions(), engine: kind, control: control.port2, log: log.port2 },
      shared: {
        ...{ own: newActorMemory(0), owners: OwnerTable.create(FDS_MAX), clients: ClientAddresses.create(FDS_MAX) },
        ...{ clientShares: Shares.create(8, FDS_MAX, 1), userShares: Shares.create(8, FDS_MAX, 2) },
        ...{ maps: MapTable.create(), counters: Counters.create(1), room: RoomFlag.create() },
        ...{ bulk: BulkSpans.create(1), userTable: UserTable.create(), siteLeases: SiteLeases.create(USER_SLOTS) },
        udp: newUdpMemory(8, FDS_MAX, 1, 3),
      },
      ...{ listeners: [listenerOf()], users: [{ name: 'alice', mark: 'x', lines: undefined }], doorbell, mainDoorbell },
    };
    try {
      const before = await resources();
      const task: Promise<void> = pool.run(start, {
        ...{ filename: ACTOR, name: 'run', transferList: [control.port2, log.port2] },
      });
      const actor = call<ConnectionActor>(control.port1);
      await actor.ready();
      await actor.connectNames(moved(names.port2), false);
      await actor.connectRoutes(moved(reports.port2), moved(pushes.port2));
      await actor.connectJudge(moved(judge.port2));
      await actor.connectJudge(moved(secondJudge.port2));
      await actor.drain(0);
      await task;
      // Closing a port takes some turns of the loop.
      let left = await resources();
      for (let turn = 0; turn < 50 && left.length > before.length; turn += 1) left = await resources();
      assert.deepEqual(left.sort(), before.sort());
    } finally {
      for (const { port1 } of [control, log, names, reports, pushes, judge, secondJudge]) port1.close();
      await pool.destroy();
      for (const fd of [doorbell, mainDoorbell]) closeFd(fd);
    }
  });
}
