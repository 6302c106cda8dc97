// Readiness that is told without bytes being taken. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import { EAGAIN } from '../../../src/linux/errno.js';
import { sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import { awaitReady, fillUp, POLLIN, readNow, resetFd } from '../peers.js';
import { ENGINES, Recorder } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

const { small } = BufferGroup;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: polling`, () => {
    scenario('pollIn tells of data that comes, takes none of it, and is told once', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.engine.pollIn(socket);
      world.settle();
      assert.deepEqual(heard.heard, []);
      sendBytes(peer, HELLO);
      world.until(() => heard.heard.length > 0, 'the data');
      sendBytes(peer, HELLO);
      world.settle();
      assert.equal(heard.of('pollIn').length, 1);
      assert.ok(heard.of('pollIn')[0] > 0);
      assert.deepEqual(readNow(socket.fd), Buffer.concat([HELLO, HELLO]));
      world.engine.pollIn(socket);
      world.settle();
      assert.equal(heard.heard.length, 1, 'nothing is there any more');
      sendBytes(peer, HELLO);
      world.until(() => heard.heard.length === 2, 'new data');
    });

    scenario('pollIn tells of data, of an end and of a reset that were there before', (world) => {
      for (const make of [(fd: number) => sendBytes(fd, HELLO), shutdownWrite]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        make(peer);
        world.engine.pollIn(socket);
        world.until(() => heard.heard.length > 0, 'what was there');
      }
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.hangUp(peer, resetFd);
      world.engine.pollIn(socket);
      world.until(() => heard.heard.length > 0, 'the reset');
      assert.equal(heard.of('pollIn').length, 1);
    });

    scenario('pollOut is told at once while there is room', (world) => {
      const heard = new Recorder();
      const { socket } = world.connection(heard);
      world.engine.pollOut(socket);
      world.until(() => heard.heard.length > 0, 'room');
      world.settle();
      assert.equal(heard.of('pollOut').length, 1);
    });

    scenario('pollOut waits while the buffer is full, until the peer reads', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const sent = fillUp(socket.fd);
      assert.equal(sendBytes(socket.fd, HELLO), -EAGAIN);
      world.engine.pollOut(socket);
      world.settle();
      assert.deepEqual(heard.heard, []);
      let read = 0;
      for (let turn = 0; turn < 2000 && heard.heard.length === 0; turn += 1) {
        const part = readNow(peer);
        if (typeof part !== 'number') read += part.length;
        world.engine.turn(1);
      }
      assert.equal(heard.of('pollOut').length, 1);
      assert.ok(read <= sent);
      assert.ok(sendBytes(socket.fd, HELLO) > 0);
    });

    scenario('pollHangup does not hear data or a half-close, and does not spin on them', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (!before) {
          world.engine.pollHangup(socket);
          world.settle();
        }
        sendBytes(peer, HELLO);
        shutdownWrite(peer);
        if (before) world.engine.pollHangup(socket);
        world.settle();
        assert.deepEqual(heard.heard, []);
        const start = performance.now();
        for (let i = 0; i < 3; i += 1) world.engine.turn(30);
        assert.ok(performance.now() - start >= 60);
        assert.deepEqual(heard.heard, []);
        world.hangUp(peer, resetFd);
        world.until(() => heard.heard.length > 0, 'the reset after the half-close');
        world.settle();
        assert.equal(heard.of('pollHangup').length, 1);
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
      }
    });

    scenario('pollHangup hears a reset that comes and one that was there, each time it is asked', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (before) world.hangUp(peer, resetFd);
        world.engine.pollHangup(socket);
        if (!before) {
          world.settle();
          world.hangUp(peer, resetFd);
        }
        world.until(() => heard.heard.length === 1, 'the reset');
        assert.ok(heard.of('pollHangup')[0] > 0);
        world.engine.pollHangup(socket);
        world.until(() => heard.heard.length === 2, 'the reset, asked again');
        world.settle();
        assert.equal(heard.heard.length, 2);
      }
    });

    scenario('pollHangup that was asked twice is told once, before and after a half-close', (world) => {
      for (const halfClosed of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        world.engine.pollHangup(socket);
        world.settle();
        if (halfClosed) {
          shutdownWrite(peer);
          world.settle();
        }
        world.engine.pollHangup(socket);
        world.settle();
        world.hangUp(peer, resetFd);
        world.until(() => heard.heard.length > 0, 'the reset');
        world.settle();
        assert.equal(heard.of('pollHangup').length, 1);
      }
    });

    scenario('pollHangup hears that both directions have ended, whichever ended first', (world) => {
      for (const ourselvesFirst of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        world.engine.pollHangup(socket);
        world.settle();
        if (ourselvesFirst) shutdownWrite(socket.fd);
        else shutdownWrite(peer);
        world.settle();
        assert.deepEqual(heard.heard, []);
        if (ourselvesFirst) shutdownWrite(peer);
        else shutdownWrite(socket.fd);
        world.until(() => heard.heard.length === 1, 'the end of both');
        world.settle();
        assert.equal(heard.heard.length, 1);
      }
    });

    scenario('a half-close heard, traffic in the other direction goes on and is no hang-up', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      shutdownWrite(peer);
      world.engine.pollHangup(socket);
      world.settle();
      for (let i = 0; i < 20; i += 1) {
        assert.equal(sendBytes(socket.fd, HELLO), 5);
        awaitReady(peer, POLLIN);
        assert.deepEqual(readNow(peer), HELLO);
        world.engine.turn(0);
      }
      assert.deepEqual(heard.heard, []);
    });

    scenario('pollOut waits while the buffer is full, though the peer has half-closed', (world) => {
      for (const before of [true, false]) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        for (let round = 1; round <= 3; round += 1) {
          fillUp(socket.fd);
          if (before && round === 1) shutdownWrite(peer);
          world.engine.pollOut(socket);
          world.settle();
          if (!before && round === 1) shutdownWrite(peer);
          world.settle();
          assert.equal(heard.heard.length, round - 1);
          const start = performance.now();
          for (let i = 0; i < 3; i += 1) world.engine.turn(30);
          assert.ok(performance.now() - start >= 60, 'nothing wakes it');
          for (let turn = 0; turn < 2000 && heard.heard.length < round; turn += 1) {
            readNow(peer);
            world.engine.turn(1);
          }
          while (typeof readNow(peer) !== 'number') world.engine.turn(0);
          world.settle();
          assert.equal(heard.heard.length, round);
        }
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
      }
    });

    scenario('a receive and all three polls of one socket wait side by side', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      fillUp(socket.fd);
      world.engine.receive(socket, small);
      world.engine.pollIn(socket);
      world.engine.pollOut(socket);
      world.engine.pollHangup(socket);
      world.settle();
      assert.equal(heard.heard.length, 0);
      world.hangUp(peer, resetFd);
      world.until(() => heard.heard.length === 4, 'all four');
      assert.deepEqual(
        new Set(heard.heard.map((each) => each.kind)),
        new Set(['receive', 'pollIn', 'pollOut', 'pollHangup']),
      );
    });
  });
}
