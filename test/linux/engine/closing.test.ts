// Graceful closes and resets, from anywhere, and slots that are used again. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { ECONNREFUSED, ECONNRESET } from '../../../src/linux/errno.js';
import { openStream, sendBytes } from '../../../src/linux/sockets.js';
import { fillUp, IPV4, listening, readToEnd } from '../peers.js';
import { ENGINES, Recorder, World } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

const { small } = BufferGroup;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: closing`, () => {
    for (const busy of [false, true]) {
      const state = busy ? 'with operations in flight' : 'at rest';
      scenario(`a graceful close ${state} delivers every byte, then the end`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (busy) {
          world.engine.receive(socket, small);
          world.engine.pollHangup(socket);
          world.settle();
        }
        const sent = fillUp(socket.fd);
        world.engine.close(socket, 'graceful');
        world.until(() => world.engine.size === 0, 'the close');
        const { bytes, end } = readToEnd(peer);
        assert.equal(end, 0);
        assert.equal(bytes.length, sent);
        assert.deepEqual(heard.heard, []);
      });

      scenario(`a reset close ${state} is ECONNRESET at the peer`, (world) => {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        if (busy) {
          world.engine.receive(socket, small);
          world.engine.pollIn(socket);
          world.engine.pollHangup(socket);
          world.settle();
        }
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
        assert.equal(readToEnd(peer).end, -ECONNRESET);
        assert.deepEqual(heard.heard, []);
      });
    }

    scenario('a socket may be closed in the turn in which its operations were asked for', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      sendBytes(peer, HELLO);
      world.engine.receive(socket, small);
      world.engine.pollOut(socket);
      world.engine.close(socket, 'reset');
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      world.settle();
      assert.deepEqual(heard.heard, []);
      assert.equal(readToEnd(peer).end, -ECONNRESET);
    });

    scenario('a reset close that destroy overtakes is still a reset', (world) => {
      const { socket, peer } = world.connection();
      world.engine.receive(socket, small);
      world.settle();
      world.engine.close(socket, 'reset');
      world.destroy();
      assert.equal(readToEnd(peer).end, -ECONNRESET);
    });

    scenario('destroy ends what is left: connections are reset and the port is free at once', (world) => {
      const { fd, port } = listening();
      const heard = new Recorder();
      world.engine.accept(world.engine.adopt(fd, heard));
      const { socket, peer } = world.connection(heard);
      world.engine.receive(socket, small);
      world.settle();
      world.destroy();
      assert.equal(readToEnd(peer).end, -ECONNRESET);
      const attempt = openStream(4);
      world.keep(attempt);
      const again = new World(kind);
      try {
        const outcome = new Recorder();
        again.engine.connect(again.engine.adopt(openStream(4), outcome), packAddress(IPV4, port));
        again.until(() => outcome.heard.length > 0, 'an answer');
        assert.deepEqual(outcome.of('connect'), [-ECONNREFUSED]);
      } finally {
        again.end();
      }
      assert.deepEqual(heard.heard, []);
    });

    scenario('a handler may close its own socket inside any callback', (world) => {
      const kinds: ((socket: Socket) => void)[] = [
        (socket) => world.engine.receive(socket, small),
        (socket) => world.engine.pollIn(socket),
        (socket) => world.engine.pollOut(socket),
      ];
      for (const ask of kinds) {
        const heard = new Recorder();
        heard.react = (socket) => world.engine.close(socket, 'reset');
        const { socket, peer } = world.connection(heard);
        sendBytes(peer, HELLO);
        for (const each of kinds) if (each !== ask) each(socket);
        ask(socket);
        world.until(() => world.engine.size === 0, 'the close');
        world.settle();
        assert.equal(heard.heard.length, 1);
        assert.equal(readToEnd(peer).end, -ECONNRESET);
      }
    });

    scenario('a handler may close another socket whose event stands next in the same turn', (world) => {
      const heard = new Recorder();
      const sockets: Socket[] = [];
      heard.react = (socket) => {
        for (const other of sockets) if (other !== socket) world.engine.close(other, 'reset');
      };
      const peers: number[] = [];
      for (let i = 0; i < 8; i += 1) {
        const { socket, peer } = world.connection(heard);
        sockets.push(socket);
        peers.push(peer);
        world.engine.receive(socket, small);
      }
      world.settle();
      for (const peer of peers) sendBytes(peer, HELLO);
      world.until(() => world.engine.size === 1, 'seven closed');
      world.settle();
      assert.equal(heard.heard.length, 1);
    });

    scenario('whoever takes a slot over hears nothing of the socket that was there', (world) => {
      const former = new Recorder();
      const latter = new Recorder();
      const sockets: Socket[] = [];
      const peers: number[] = [];
      let replaced = false;
      former.react = (told) => {
        if (replaced) return;
        replaced = true;
        // These have an event in this very turn; their slots and fd numbers are taken again at once.
        for (const socket of sockets) if (socket !== told) world.engine.close(socket, 'graceful');
        for (let i = 0; i < 8; i += 1) {
          const { socket } = world.connection(latter);
          world.engine.receive(socket, small);
        }
      };
      for (let i = 0; i < 8; i += 1) {
        const { socket, peer } = world.connection(former);
        sockets.push(socket);
        peers.push(peer);
        world.engine.receive(socket, small);
      }
      world.settle();
      for (const peer of peers) sendBytes(peer, HELLO);
      world.until(() => replaced && world.engine.size === 9, 'the replacement');
      world.settle();
      assert.equal(former.heard.length, 1);
      assert.deepEqual(latter.heard, []);
    });

    scenario('slots are used again and again', (world) => {
      for (let i = 0; i < 300; i += 1) {
        const heard = new Recorder();
        const { socket, peer } = world.connection(heard);
        assert.ok(socket.slot < 2);
        world.engine.receive(socket, small);
        if (i % 2 === 0) {
          sendBytes(peer, HELLO);
          world.until(() => heard.heard.length === 1, 'the data');
        }
        world.engine.close(socket, 'reset');
        world.until(() => world.engine.size === 0, 'the close');
        world.hangUp(peer);
      }
    });
  });
}
