// Sends that go with the turn, what is left of them, and what becomes known of them. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import { type Engine, SEND_MAX } from '../../../src/linux/engine/engine.js';
import type { Socket } from '../../../src/linux/engine/socket.js';
import { Handler } from '../../../src/linux/engine/socket.js';
import { EAGAIN, ECONNRESET } from '../../../src/linux/errno.js';
import { type Memory, mapMemory } from '../../../src/linux/memory.js';
import { sendBytes, shutdownWrite } from '../../../src/linux/sockets.js';
import { awaitReady, fillUp, POLLIN, readExactly, readNow, readToEnd, resetFd } from '../peers.js';
import { ENGINES, Recorder, type World } from '../world.js';
import { HELLO, scenarioOf } from './scenario.js';

/** Sends on what it receives. */
class Passer extends Handler {
  passed = 0;
  readonly #engine: Engine;
  readonly #sink: Socket;

  constructor(engine: Engine, sink: Socket) {
    super();
    this.#engine = engine;
    this.#sink = sink;
  }

  override onReceive(_socket: Socket, result: number, memory: Memory, offset: number): void {
    this.#engine.send(this.#sink, memory, offset, result);
    this.passed += 1;
  }
}

const { small } = BufferGroup;

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: sending`, () => {
    const message = mapMemory(4096);
    message.bytes.set(HELLO);

    const send = (world: World, socket: Socket) => world.engine.send(socket, message, 0, HELLO.length);

    scenario('a message goes out with the turn, and nothing more is heard of it', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      assert.equal(send(world, socket), true);
      assert.deepEqual(heard.heard, [], 'nothing completes inside the call');
      world.settle();
      awaitReady(peer, POLLIN);
      assert.deepEqual(readNow(peer), HELLO);
      assert.deepEqual(heard.heard, []);
    });

    scenario('what is sent in one turn goes in order, in pieces of any origin', (world) => {
      const { socket, peer } = world.connection(new Recorder());
      const long = Buffer.alloc(5000, 7);
      assert.equal(world.engine.sendCopy(socket, HELLO), true);
      assert.equal(send(world, socket), true);
      assert.equal(world.engine.sendCopy(socket, long), true);
      assert.equal(send(world, socket), true);
      world.settle();
      assert.deepEqual(readExactly(peer, 3 * HELLO.length + long.length), Buffer.concat([HELLO, HELLO, long, HELLO]));
    });

    scenario('in one turn at most SEND_MAX bytes are taken, and nothing of what is more', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const most = Buffer.alloc(SEND_MAX - 1, 1);
      assert.equal(world.engine.sendCopy(socket, Buffer.alloc(SEND_MAX + 1)), false);
      assert.equal(world.engine.sendCopy(socket, most), true);
      if (kind === 'uring') assert.equal(send(world, socket), false);
      world.settle();
      const unsent = heard.bytes.length;
      assert.equal(readExactly(peer, most.length - unsent).length, most.length - unsent);
    });

    scenario('where there is no room, what is left is told with -EAGAIN, and nothing waits', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const sent = fillUp(socket.fd);
      send(world, socket);
      world.until(() => heard.heard.length > 0, 'the outcome');
      assert.deepEqual(heard.of('unsent'), [-EAGAIN]);
      assert.deepEqual(heard.bytes, HELLO);
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      assert.equal(readToEnd(peer).bytes.length, sent);
    });

    scenario('where there is room for a part, the rest is told, and all of it is there in the end', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const sent = fillUp(socket.fd);
      // Room comes in steps of half a buffer or so: less than a whole send of this turn.
      const many = Buffer.alloc(SEND_MAX, 9);
      const read: Buffer[] = [];
      let handed = 0;
      while (heard.heard.length === 0 || heard.heard.every(({ bytes }) => bytes.length === many.length)) {
        const part = readNow(peer);
        if (typeof part !== 'number') read.push(part);
        if (world.engine.sendCopy(socket, many)) handed += many.length;
        world.settle();
      }
      const unsent = heard.heard.reduce((sum, { bytes }) => sum + bytes.length, 0);
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      const got = read.reduce((sum, { length }) => sum + length, 0) + readToEnd(peer).bytes.length;
      assert.equal(got, sent + handed - unsent);
    });

    scenario('a connection that was reset is told as such, without a signal', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      world.hangUp(peer, resetFd);
      send(world, socket);
      world.until(() => heard.heard.length > 0, 'the outcome');
      assert.deepEqual(heard.of('unsent'), [-ECONNRESET]);
    });

    for (const reading of ['receive', 'stream'] as const) {
      scenario(`a reset that a send found is told before the end of stream that a ${reading} then finds`, (world) => {
        const heard = new Recorder();
        const sink = world.connection(heard);
        const source = world.connection(new Passer(world.engine, sink.socket));
        world.engine.receive(source.socket, small);
        world.engine[reading](sink.socket, small);
        world.settle();
        // The kernel tells of a reset once: whatever asks second finds an end of stream.
        sendBytes(source.peer, HELLO);
        world.hangUp(sink.peer, resetFd);
        world.until(() => heard.heard.length > 0, 'the reset');
        assert.equal(heard.heard[0].result, -ECONNRESET);
      });
    }

    scenario('a message that was sent before a graceful close is delivered', (world) => {
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      send(world, socket);
      world.engine.close(socket, 'graceful');
      world.until(() => world.engine.size === 0, 'the close');
      assert.deepEqual(readToEnd(peer), { bytes: HELLO, end: 0 });
      assert.deepEqual(heard.heard, []);
    });

    scenario('flush sends at once, and what is sent after it in the same turn waits or is refused', (world) => {
      const { socket, peer } = world.connection(new Recorder());
      send(world, socket);
      world.engine.flush(socket);
      awaitReady(peer, POLLIN);
      assert.deepEqual(readNow(peer), HELLO);
      world.engine.flush(socket);
      assert.equal(send(world, socket), kind === 'epoll');
    });

    scenario('whether something is still being sent is known until the next turn', (world) => {
      const { socket } = world.connection(new Recorder());
      assert.equal(world.engine.isSending(socket), false);
      fillUp(socket.fd);
      send(world, socket);
      assert.equal(world.engine.isSending(socket), true);
      world.engine.flush(socket);
      assert.equal(world.engine.isSending(socket), true);
      world.engine.turn(0);
      assert.equal(world.engine.isSending(socket), false);
    });

    for (const what of ['bytes', 'an end'] as const) {
      for (const how of ['receive', 'pollIn'] as const) {
        scenario(`whoever is told of ${what} (${how}) can know what became of a send before`, (world) => {
          const heard = new Recorder();
          const sink = world.connection(heard);
          const reader = new Recorder();
          const source = world.connection(reader);
          fillUp(sink.socket.fd);
          const known: boolean[] = [];
          reader.react = () => known.push(heard.of('unsent').length > 0 || world.engine.isSending(sink.socket));
          if (what === 'bytes') sendBytes(source.peer, HELLO);
          else shutdownWrite(source.peer);
          // It is submitted before the send, and so is its outcome before that of the send.
          world.engine[how](source.socket, small);
          world.engine.sendCopy(sink.socket, HELLO);
          world.until(() => heard.heard.length > 0 && known.length > 0, 'both outcomes');
          assert.deepEqual(known, [true]);
          assert.deepEqual(heard.of('unsent'), [-EAGAIN]);
        });
      }
    }

    scenario('the bytes of a receive can be sent on', (world) => {
      const sink = world.connection(new Recorder());
      const heard = new Passer(world.engine, sink.socket);
      const source = world.connection(heard);
      for (let round = 0; round < 600; round += 1) {
        // More rounds than there are buffers: each comes back.
        world.engine.receive(source.socket, BufferGroup.small);
        sendBytes(source.peer, HELLO);
        world.until(() => heard.passed === round + 1, 'the receive');
        world.engine.turn(0);
        awaitReady(sink.peer, POLLIN);
        assert.deepEqual(readNow(sink.peer), HELLO);
      }
    });
  });
}
