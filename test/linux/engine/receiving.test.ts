// One receive after the other: data, ends and resets, and how long a turn waits. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { BufferGroup, GROUP_SIZES } from '../../../src/linux/engine/buffers.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { ECONNRESET } from '../../../src/linux/errno.js';
import { sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import { resetFd } from '../peers.js';
import { ENGINES, Recorder, TINY } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

const { handshake, small } = BufferGroup;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: receiving`, () => {
    scenario('data that came before the call is received', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, handshake);
      assert.deepEqual(heard.heard, [], 'nothing completes inside the call');
      world.until(() => heard.heard.length > 0, 'the data');
      assert.deepEqual(heard.bytes, HELLO);
    });

    scenario('data that comes after the call is received, and each receive is told once', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      for (let i = 0; i < 5; i += 1) {
        world.engine.receive(socket, small);
        world.settle();
        assert.equal(heard.heard.length, i);
        sendBytes(peer, HELLO);
        world.until(() => heard.heard.length === i + 1, 'the data');
        sendBytes(peer, HELLO);
        world.settle();
        assert.equal(heard.heard.length, i + 1, 'not asked for');
        world.engine.receive(socket, small);
        world.until(() => heard.heard.length === i + 2, 'the rest');
        heard.heard.pop();
      }
    });

    for (const [name, group] of Object.entries(BufferGroup)) {
      // Datagrams have operations of their own: datagrams.test.ts.
      if (group === BufferGroup.datagrams) continue;
      scenario(`a ${name} receive brings at most a ${name} buffer, and the next brings the rest`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        const { size } = GROUP_SIZES[group];
        const message = Buffer.from(Array.from({ length: size + 100 }, (_, i) => i % 251));
        assert.equal(sendBytes(peer, message) + sendBytes(peer, message.subarray(65536)), message.length);
        heard.react = () => {
          if (heard.bytes.length < message.length) world.engine.receive(socket, group);
        };
        world.engine.receive(socket, group);
        world.until(() => heard.bytes.length === message.length, 'all of it');
        assert.ok(heard.bytes.equals(message));
        assert.ok(heard.of('receive').every((result) => result > 0 && result <= size));
        assert.ok(heard.heard.length >= 2);
      });
    }

    scenario('the end of stream is 0 bytes, after the data, also when it came first and is asked again', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      shutdownWrite(peer);
      for (let i = 0; i < 3; i += 1) {
        world.engine.receive(socket, handshake);
        world.until(() => heard.heard.length === i + 1, `answer ${i}`);
      }
      assert.deepEqual(heard.of('receive'), [5, 0, 0]);
    });

    scenario('an end of stream that comes while a receive waits is told', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, handshake);
      world.until(() => heard.heard.length === 1, 'the data');
      world.engine.receive(socket, handshake);
      world.settle();
      shutdownWrite(peer);
      world.until(() => heard.heard.length === 2, 'the end');
      assert.deepEqual(heard.of('receive'), [5, 0]);
    });

    scenario('a reset is -ECONNRESET, whether the receive was there first or not', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (before) {
          world.engine.receive(socket, handshake);
          world.settle();
        }
        world.hangUp(peer, resetFd);
        if (!before) world.engine.receive(socket, handshake);
        world.until(() => heard.heard.length === 1, 'the reset');
        assert.deepEqual(heard.of('receive'), [-ECONNRESET]);
        world.engine.close(socket, 'graceful');
      }
    });

    scenario('a turn that told somebody something does not wait out its time', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, handshake);
      const start = performance.now();
      while (heard.heard.length === 0) world.engine.turn(3000);
      assert.ok(performance.now() - start < 1500);
    });

    scenario('a turn waits for at most its time, and not at all for 0 or less', (world) => {
      world.settle();
      const start = performance.now();
      for (let i = 0; i < 100; i += 1) world.engine.turn(i % 2 === 0 ? 0 : -1000);
      assert.ok(performance.now() - start < 1000);
      const waiting = performance.now();
      world.engine.turn(60);
      assert.ok(performance.now() - waiting >= 50);
      assert.ok(world.engine.now >= waiting + 50);
    });

    scenario(
      'more readable sockets than buffers all get their own data, waiting without a spin',
      (world) => {
        const sockets = 24;
        const heard = new Recorder();
        const expected = new Map<Socket, string>();
        for (let i = 0; i < sockets; i += 1) {
          const { socket, peer } = world.connection(heard);
          expected.set(socket, `message ${i}`);
          sendBytes(peer, Buffer.from(`message ${i}`));
          world.engine.receive(socket, small);
        }
        const turns = world.until(() => heard.heard.length >= sockets, 'every message', sockets);
        assert.ok(turns <= sockets / 2 + 2, `${turns} turns`);
        for (const { socket, ...what } of heard.heard) {
          assert.equal(what.bytes.toString(), expected.get(socket));
        }
        if (kind === 'uring') assert.ok(world.engine.counts.bufferWaits > 0);
        const start = performance.now();
        for (let i = 0; i < 3; i += 1) world.engine.turn(30);
        assert.ok(performance.now() - start >= 60, 'nothing is left to wake it');
      },
      { ...TINY, submissions: 256, completions: 512 },
    );

    scenario(
      'a socket closed while it waits for a buffer hears nothing, and the others do',
      (world) => {
        const heard = new Recorder();
        const sockets: Socket[] = [];
        for (let i = 0; i < 12; i += 1) {
          const { socket, peer } = world.connection(heard);
          sockets.push(socket);
          sendBytes(peer, HELLO);
          world.engine.receive(socket, small);
        }
        let told: Socket[] = [];
        heard.react = () => {
          if (told.length > 0) return;
          told = [heard.heard[0].socket];
          for (const socket of sockets.filter((other) => other !== told[0]).slice(0, 5)) {
            world.engine.close(socket, 'reset');
          }
        };
        world.until(() => heard.heard.length >= 7 && world.engine.size === 7, 'the remaining seven');
        world.settle();
        assert.equal(new Set(heard.heard.map(({ socket }) => socket)).size, 7);
        assert.equal(heard.heard.length, 7);
      },
      { ...TINY, submissions: 256, completions: 512 },
    );
  });
}
