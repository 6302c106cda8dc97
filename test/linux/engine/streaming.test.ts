// Receiving without being asked for again, until it is stopped. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import { ECONNRESET } from '../../../src/linux/errno.js';
import { closeFd, sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import { readToEnd, resetFd } from '../peers.js';
import { ENGINES, Recorder, TINY } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

const { small } = BufferGroup;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: streaming`, () => {
    for (const armed of ['before', 'after'] as const) {
      scenario(`bytes and a reset that come together are both told to a stream armed ${armed} them`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        // By now the engine knows that there is nothing to read.
        sendBytes(peer, HELLO);
        world.engine.receive(socket, small);
        world.until(() => heard.heard.length === 1, 'the first bytes');
        if (armed === 'before') world.engine.stream(socket);
        world.settle();
        sendBytes(peer, HELLO);
        world.hangUp(peer, resetFd);
        if (armed === 'after') world.engine.stream(socket);
        world.until(() => heard.heard.length === 3, 'the reset');
        assert.deepEqual(heard.of('receive'), [HELLO.length, HELLO.length, -ECONNRESET]);
      });
    }

    scenario('whatever comes is told without being asked for again, and so is the end', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.stream(socket);
      for (let round = 1; round <= 3; round += 1) {
        sendBytes(peer, HELLO);
        world.until(() => heard.heard.length === round, 'the bytes');
      }
      assert.deepEqual(heard.bytes, Buffer.concat([HELLO, HELLO, HELLO]));
      world.hangUp(peer, closeFd);
      world.until(() => heard.heard.length === 4, 'the end');
      world.settle();
      assert.deepEqual(heard.of('receive').slice(3), [0]);
    });

    scenario('an end can be asked for again while it is told, and any number of times', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      shutdownWrite(peer);
      heard.react = (_socket, { result }) => {
        if (result === 0 && heard.heard.length < 5) world.engine.stream(socket);
      };
      world.engine.stream(socket);
      world.until(() => heard.heard.length === 5, 'the ends');
      world.settle();
      assert.deepEqual(heard.of('receive'), [5, 0, 0, 0, 0]);
      // Nor is one of them still being received.
      world.engine.receive(socket, small);
      world.until(() => heard.heard.length === 6, 'one more');
    });

    scenario('after stopStream it is told once that no more comes, and what comes later waits', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.stream(socket);
      world.settle();
      world.engine.stopStream(socket);
      world.engine.stopStream(socket);
      world.until(() => heard.heard.length > 0, 'the stop');
      assert.equal(heard.of('stopped').length, 1);
      sendBytes(peer, HELLO);
      world.settle();
      assert.equal(heard.heard.length, 1);
      world.engine.receive(socket, BufferGroup.small);
      world.until(() => heard.heard.length === 2, 'the bytes');
      assert.deepEqual(heard.bytes, HELLO);
    });

    scenario('stopped while it tells, it loses nothing, and can be begun anew', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const bytes = Buffer.alloc(100_000, 5);
      heard.react = (_socket, { kind: what }) => {
        if (what === 'receive') world.engine.stopStream(socket);
        else world.engine.stream(socket);
      };
      world.engine.stream(socket);
      let sent = 0;
      while (heard.bytes.length < bytes.length) {
        if (sent < bytes.length) sent += Math.max(sendBytes(peer, bytes.subarray(sent)), 0);
        world.engine.turn(1);
      }
      assert.deepEqual(heard.bytes, bytes);
      assert.ok(heard.of('stopped').length > 0);
    });

    scenario('a close in the midst of it tells nothing more', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.stream(socket);
      heard.react = () => world.engine.close(socket, 'graceful');
      sendBytes(peer, HELLO);
      world.until(() => heard.heard.length === 1, 'the bytes');
      world.until(() => world.engine.size === 0, 'the close');
      assert.equal(readToEnd(peer).bytes.length, 0);
      world.settle();
      assert.equal(heard.heard.length, 1);
    });

    scenario(
      'without buffers and with a completion ring that overflows, many streams lose nothing',
      (world) => {
        const message = Buffer.alloc(64, 3);
        const streams = Array.from({ length: 40 }, () => {
          const heard = new Recorder();
          const connection = world.connection(heard);
          world.engine.stream(connection.socket);
          return { heard, peer: connection.peer };
        });
        for (let round = 1; round <= 5; round += 1) {
          for (const { peer } of streams) sendBytes(peer, message);
          world.until(() => streams.every(({ heard }) => heard.bytes.length === round * 64), `round ${round}`);
        }
      },
      TINY,
    );
  });
}
