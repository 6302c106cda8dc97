// A full gateway with two listeners: when the last room goes, an accept is under way at the other one, and its client is held.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { waitingAt } from '../../../src/main/accept/backlog.js';
import { Notices } from '../../../src/main/process/notices.js';
import { RoomMaker } from '../../../src/main/room/room-maker.js';
import type { ProbeState } from '../../../src/protocol/quiet/room.js';
import { AcceptingWorld, portOf } from '../../helpers/accepting-world.js';
import { captureLog } from '../../helpers/capture-log.js';
import { until } from '../../helpers/until.js';

for (const engine of ['uring', 'epoll'] as const) {
  for (const [first, second] of [
    [0, 1],
    [1, 0],
  ] as const) {
    test(`${engine}: the one client that waits is held, at listener ${second}, and has room made for it`, async () => {
      const { log } = captureLog();
      let state: ProbeState = 'unprobed';
      let now = 0;
      // The client that the world has taken is one that has been silent for an hour.
      const silent = () => [...world.taken].map((connection) => ({ connection, silent_ms: 3_600_000, state }));
      const actor = {
        async silent() {
          return { longest: silent(), unprobed: state === 'unprobed' ? silent() : [], next: undefined };
        },
        async probeSilent() {
          state = 'answered';
          return 1;
        },
        async endSilent(ending: readonly { readonly connection: number }[]) {
          for (const { connection } of ending) world.end(connection);
          return ending.length;
        },
      };
      const notices = new Notices(log);
      const maker = new RoomMaker(
        { connections_max: 1, end_idle_after_s: 60 },
        { actors: () => [actor], waiting: () => waitingAt(world.listening), notices, now: () => now },
      );
      const world = new AcceptingWorld({ engine, connections_max: 1, capacity: 8, listeners: 2, log, pressure: maker });
      const sockets = [connect(portOf(world.listening[first]), '127.0.0.1')];
      await until('the first is in the queue', () => world.queued === 1);
      const [silentOne] = world.take();
      sockets.push(connect(portOf(world.listening[second]), '127.0.0.1'));
      await until('the second is held', () => world.held === 1);
      assert.equal(waitingAt(world.listening), 0);
      for (let count = 0; count < 2; count += 1) {
        now += 2000;
        await maker.look();
      }
      assert.ok(!world.taken.has(silentOne));
      await until('the second is in the queue', () => world.queued === 1 && world.held === 0);
      maker.stop();
      const closed = sockets.map((socket) => once(socket.resume(), 'close'));
      await world.close();
      await Promise.all(closed);
      notices.close();
    });
  }
}
