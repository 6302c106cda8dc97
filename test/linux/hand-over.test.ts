// A socket that changes hands while operations are under way: the heir is told which they are, and of their outcomes; and
// what is done about an event for which no handler has asked.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { BufferGroup } from '../../src/linux/engine/buffers.js';
import { countUnasked, Handler, Pending, type Socket } from '../../src/linux/engine/socket.js';
import type { UringSizes } from '../../src/linux/engine/uring.js';
import { sendBytes } from '../../src/linux/sockets.js';
import { fillUp, narrow, readNow, resetFd } from './peers.js';
import { ENGINES, Recorder, TINY, World } from './world.js';

const HELLO = Buffer.from('hello');
const { small } = BufferGroup;

const ROOM_OCTETS = 8192;

/** Leaves no room, for good: buffers of a size that the kernel chooses grow, so that there is room again a moment later. */
function fillForGood(near: number, far: number): void {
  for (const fd of [near, far]) narrow(fd, ROOM_OCTETS, ROOM_OCTETS);
  fillUp(near);
}

/** Asks for operations, and wants to know of none. */
class Deaf extends Handler {}

const refuse = (event: string): void => {
  throw new Error(`${event}: not asked for`);
};
afterEach(() => countUnasked(refuse));

for (const { kind, missing } of ENGINES) {
  const scenario = (name: string, body: (world: World) => void, sizes?: UringSizes): void => {
    test(name, { skip: missing ?? false }, () => {
      const world = new World(kind, sizes);
      try {
        body(world);
      } finally {
        world.destroy();
      }
      world.end();
    });
  };
  const handOver = (world: World, socket: Socket): { pending: number; heir: Recorder } => {
    const heir = new Recorder();
    return { pending: world.engine.handOver(socket, heir), heir };
  };

  describe(`${kind}: an heir`, () => {
    scenario('is told of nothing where nothing was asked for', (world) => {
      assert.equal(handOver(world, world.connection().socket).pending, 0);
    });

    for (const [name, bit, ask] of [
      ['receive', Pending.receive, (world: World, socket: Socket) => world.engine.receive(socket, small)],
      ['poll for bytes', Pending.pollIn, (world: World, socket: Socket) => world.engine.pollIn(socket)],
      ['poll for a hang-up', Pending.pollHangup, (world: World, socket: Socket) => world.engine.pollHangup(socket)],
      ['stream', Pending.stream, (world: World, socket: Socket) => world.engine.stream(socket)],
    ] as const) {
      for (const settled of [false, true])
        scenario(
          `is told of a ${name} and of its outcome, ${settled ? 'turns' : 'at once'} after it was asked for`,
          (world) => {
            const former = new Recorder();
            const { socket, peer } = world.connection(former);
            ask(world, socket);
            if (settled) world.settle();
            const { pending, heir } = handOver(world, socket);
            assert.equal(pending, bit);
            if (bit === Pending.pollHangup) world.hangUp(peer, resetFd);
            else sendBytes(peer, HELLO);
            world.until(() => heir.heard.length > 0, 'the outcome');
            world.settle();
            assert.equal(heir.heard.length, 1);
            assert.deepEqual(former.heard, []);
            const left = bit === Pending.stream ? Pending.stream : 0;
            assert.equal(handOver(world, socket).pending, left);
          },
        );
    }

    scenario('is told of a poll for room and of its outcome', (world) => {
      const former = new Recorder();
      const { socket, peer } = world.connection(former);
      fillForGood(socket.fd, peer);
      world.engine.pollOut(socket);
      world.settle();
      const { pending, heir } = handOver(world, socket);
      assert.equal(pending, Pending.pollOut);
      world.until(() => {
        readNow(peer);
        return heir.of('pollOut').length > 0;
      }, 'room');
      assert.deepEqual(former.heard, []);
      assert.equal(handOver(world, socket).pending, 0);
    });

    scenario('is told of all that is pending together', (world) => {
      const { socket, peer } = world.connection();
      fillForGood(socket.fd, peer);
      world.engine.receive(socket, small);
      world.engine.pollOut(socket);
      world.engine.pollHangup(socket);
      world.settle();
      const all = Pending.receive | Pending.pollOut | Pending.pollHangup;
      assert.equal(handOver(world, socket).pending, all);
    });

    scenario('inside the call that tells an outcome, that one is not pending any more', (world) => {
      const heir = new Recorder();
      const former = new Recorder();
      let pending = -1;
      former.react = (socket) => {
        pending = world.engine.handOver(socket, heir);
      };
      const { socket, peer } = world.connection(former);
      world.engine.receive(socket, small);
      sendBytes(peer, HELLO);
      world.until(() => former.heard.length > 0, 'the outcome');
      assert.equal(pending, 0);
      world.settle();
      assert.deepEqual(heir.heard, []);
    });

    scenario('is told that a stream which was stopped has ended', (world) => {
      const { socket } = world.connection();
      world.engine.stream(socket);
      world.settle();
      world.engine.stopStream(socket);
      const { pending, heir } = handOver(world, socket);
      assert.equal(pending, Pending.stream);
      world.until(() => heir.of('stopped').length > 0, 'the stop');
      assert.equal(handOver(world, socket).pending, 0);
    });

    scenario('is told what was left of the bytes that its predecessor sent', (world) => {
      const former = new Recorder();
      const { socket, peer } = world.connection(former);
      fillForGood(socket.fd, peer);
      world.engine.sendCopy(socket, HELLO);
      assert.equal(world.engine.isSending(socket), true);
      const { heir } = handOver(world, socket);
      world.until(() => heir.heard.length > 0, 'the rest');
      assert.deepEqual(heir.bytes, HELLO);
      assert.deepEqual(former.heard, []);
    });

    scenario(
      'is told of a receive that waits for a buffer',
      (world) => {
        const asked = Array.from({ length: 6 }, () => world.connection());
        for (const { socket, peer } of asked) {
          sendBytes(peer, HELLO);
          world.engine.receive(socket, small);
        }
        const heirs = asked.map(({ socket }) => handOver(world, socket));
        assert.deepEqual(
          heirs.map(({ pending }) => pending),
          asked.map(() => Pending.receive),
        );
        world.until(() => heirs.every(({ heir }) => heir.bytes.equals(HELLO)), 'all of them');
      },
      TINY,
    );
  });

  describe(`${kind}: an event for which nobody asked`, () => {
    const unasked = (world: World): { socket: Socket; peer: number } => {
      const { socket, peer } = world.connection(new Deaf());
      world.engine.receive(socket, small);
      sendBytes(peer, HELLO);
      return { socket, peer };
    };

    scenario('throws where it is not counted', (world) => {
      unasked(world);
      assert.throws(() => world.settle(), /onReceive: not asked for/);
    });

    scenario('is counted and dropped where clients are served, and the engine goes on', (world) => {
      const counted: string[] = [];
      countUnasked((event) => counted.push(event));
      const { socket, peer } = unasked(world);
      world.until(() => counted.length > 0, 'the event');
      assert.deepEqual(counted, ['onReceive']);
      const { pending, heir } = handOver(world, socket);
      assert.equal(pending, 0);
      world.engine.receive(socket, small);
      sendBytes(peer, HELLO);
      world.until(() => heir.bytes.equals(HELLO), 'the next bytes');
    });
  });
}
