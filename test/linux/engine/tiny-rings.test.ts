// Full rings, too few buffers: nothing is lost. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { makeDoorbell, ring } from '../../../src/linux/doorbell.js';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { ECONNRESET } from '../../../src/linux/errno.js';
import { sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import { connecting, listening, resetFd } from '../peers.js';
import { ENGINES, Recorder, TINY, type World } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

const { small } = BufferGroup;

/** Sockets that are told of at the same time. */
const FLOOD = 40;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: rings of 4 submissions and 8 completions`, () => {
    scenario(
      'more submissions in a turn than the ring holds all arrive, and overflowing completions are not lost',
      (world) => {
        const heard = new Recorder();
        const sockets: Socket[] = [];
        for (let i = 0; i < 40; i += 1) {
          const { socket } = world.connection(heard);
          sockets.push(socket);
        }
        for (let round = 1; round <= 5; round += 1) {
          for (const socket of sockets) world.engine.pollOut(socket);
          world.until(() => heard.heard.length >= 40 * round, `round ${round}`);
          assert.equal(new Set(heard.heard.slice(-40).map(({ socket }) => socket)).size, 40);
        }
        world.settle();
        assert.equal(heard.heard.length, 200);
        if (kind === 'uring') assert.ok(world.engine.counts.overflows > 0);
      },
      TINY,
    );

    /** More completions in a turn than the ring holds. */
    const flood = (world: World): void => {
      const quiet = new Recorder();
      for (let i = 0; i < FLOOD; i += 1) world.engine.pollOut(world.connection(quiet).socket);
    };

    scenario(
      'accepting loses no connection in an overflow',
      (world) => {
        const { fd, port } = listening();
        const heard = new Recorder();
        const listener = world.engine.adopt(fd, heard);
        heard.react = (socket) => world.engine.accept(socket);
        flood(world);
        world.engine.accept(listener);
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        world.until(() => heard.accepted.length === 50, 'all 50');
        world.settle();
        flood(world);
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        world.until(() => heard.accepted.length === 100, 'all 100');
        assert.ok(heard.of('accept').every((result) => result >= 0));
        world.keep(...heard.accepted);
        if (kind === 'uring') assert.ok(world.engine.counts.overflows > 0);
      },
      TINY,
    );

    scenario(
      'a listener closed in the middle of an overflow loses no fd',
      (world) => {
        const { fd, port } = listening();
        const heard = new Recorder();
        heard.react = (socket) => world.engine.close(socket, 'graceful');
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        flood(world);
        world.engine.accept(world.engine.adopt(fd, heard));
        world.until(() => world.engine.size === FLOOD, 'the close');
        world.keep(...heard.accepted);
        if (kind === 'uring') assert.ok(world.engine.counts.overflows > 0);
      },
      TINY,
    );

    scenario(
      'an engine destroyed in the middle of an overflow loses no fd',
      (world) => {
        const { fd, port } = listening();
        const heard = new Recorder();
        for (let i = 0; i < 50; i += 1) world.keep(connecting(port));
        flood(world);
        world.engine.accept(world.engine.adopt(fd, heard));
        world.engine.turn(0);
        world.keep(...heard.accepted);
      },
      TINY,
    );

    scenario(
      'receives share two buffers with ends, resets and closes among them',
      (world) => {
        const heard = new Recorder();
        const ends = new Map<Socket, number>();
        heard.react = (socket, { result }) => {
          if (result > 0) world.engine.receive(socket, small);
          else {
            ends.set(socket, result);
            world.engine.close(socket, 'graceful');
          }
        };
        const expected = new Map<Socket, number>();
        for (let i = 0; i < 40; i += 1) {
          const { socket, peer } = world.connection(heard);
          world.engine.receive(socket, small);
          if (i % 3 !== 1) sendBytes(peer, HELLO);
          if (i % 2 === 0) {
            shutdownWrite(peer);
            expected.set(socket, 0);
          } else {
            world.engine.turn(0);
            world.hangUp(peer, resetFd);
            expected.set(socket, -ECONNRESET);
          }
        }
        world.until(() => world.engine.size === 0, 'every end');
        assert.deepEqual(ends, expected);
      },
      TINY,
    );

    scenario(
      'a watch survives the overflow',
      (world) => {
        const doorbell = makeDoorbell();
        world.keep(doorbell);
        let rung = 0;
        world.engine.watch(doorbell, () => {
          rung += 1;
        });
        const heard = new Recorder();
        const sockets = Array.from({ length: 20 }, () => world.connection(heard).socket);
        for (let round = 1; round <= 20; round += 1) {
          for (const socket of sockets) world.engine.pollOut(socket);
          const before = rung;
          ring(doorbell);
          world.until(() => heard.heard.length === 20 * round && rung > before, `round ${round}`);
        }
      },
      TINY,
    );
  });
}
