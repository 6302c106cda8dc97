// What becomes of datagrams that the kernel has refused: which are sent again, and how. Without an engine.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { packAddress } from '../../../../src/linux/addresses.js';
import { DatagramOutbox } from '../../../../src/linux/engine/datagram-outbox.js';
import { Socket } from '../../../../src/linux/engine/socket.js';
import { EAGAIN, ECONNREFUSED, EINVAL, EIO, EMSGSIZE, ENOBUFS } from '../../../../src/linux/errno.js';
import { errorName } from '../../../../src/linux/error-name.js';
import type { Memory } from '../../../../src/linux/memory.js';
import { UNRECORDED } from '../../../../src/linux/ownership.js';
import { closeFd } from '../../../../src/linux/sockets.js';
import { openFds, readNow } from '../../peers.js';
import { readDatagrams, udpSocket } from '../../udp/peers.js';
import { leftOpen, Recorder } from '../../world.js';
import { bytes, memory, outgoing } from './world.js';

const before = openFds();
const maps = new Set<Memory>();
const ownership = {
  ...UNRECORDED,
  mapped: (memory: Memory) => void maps.add(memory),
  unmapping: (memory: Memory) => void maps.delete(memory),
};

afterEach(() => {
  assert.deepEqual(leftOpen(before), []);
  assert.equal(maps.size, 0);
});

/** An outbox with three datagrams in one message, which the kernel has not seen, and what the receiver gets of them. */
function withThree(body: (outbox: DatagramOutbox, socket: Socket, received: () => string[]) => void): void {
  const [sender, receiver] = [udpSocket(), udpSocket()];
  const outbox = new DatagramOutbox(4, ownership);
  const socket = new Socket(sender.fd, new Recorder(), 0, 1);
  memory.bytes.set(bytes('onetwothree'));
  assert.equal(outbox.add(socket, outgoing(receiver.packed, { size: 3, count: 3, last: 2, head: bytes('> ') }), 0), 3);
  body(outbox, socket, () => {
    const texts = readDatagrams(receiver.fd, 1);
    for (let next = readNow(receiver.fd); typeof next !== 'number'; next = readNow(receiver.fd)) {
      texts.push(next.toString('latin1'));
    }
    return texts;
  });
  outbox.destroy();
  closeFd(sender.fd);
  closeFd(receiver.fd);
}

const THREE = ['> one', '> two', '> th'];

for (const error of [EAGAIN, ENOBUFS]) {
  test(`where there is no room (${error}), nothing is tried again`, () => {
    withThree((outbox, _socket, received) => {
      assert.equal(outbox.again(0, -error), 3);
      assert.equal(outbox.error, -error);
      // Each of them arrives once.
      assert.equal(outbox.again(0, -ECONNREFUSED), 0);
      assert.deepEqual(received(), THREE);
    });
  });
}

test('after the error of an earlier datagram they are sent together', () => {
  withThree((outbox, socket, received) => {
    assert.equal(outbox.again(0, -ECONNREFUSED), 0);
    assert.deepEqual(received(), THREE);
    assert.equal(socket.sendsSingly, false);
  });
});

for (const error of [EIO, EINVAL]) {
  test(`where the way out cannot cut (${error}), one by one, and so from then on`, () => {
    withThree((outbox, socket, received) => {
      assert.equal(outbox.again(0, -error), 0);
      assert.deepEqual(received(), THREE);
      assert.equal(socket.sendsSingly, true);
      assert.equal(outbox.add(socket, outgoing(undefined, { size: 3, count: 3 }), 0), 1);
      assert.equal(outbox.join(socket, outgoing(undefined, { size: 3 })), false);
    });
  });
}

test('together they were too long for the link: one by one, but not from then on', () => {
  withThree((outbox, socket, received) => {
    assert.equal(outbox.again(0, -EMSGSIZE), 0);
    assert.deepEqual(received(), THREE);
    assert.equal(socket.sendsSingly, false);
  });
});

test('where none of them may go, all are lost, with the reason', () => {
  withThree((outbox, socket) => {
    // Without SO_BROADCAST (socket(7)).
    const everybody = packAddress(new Uint8Array([255, 255, 255, 255]), 9);
    outbox.add(socket, outgoing(everybody, { size: 3, count: 3 }), 0);
    assert.equal(outbox.again(1, -ECONNREFUSED), 3);
    assert.equal(errorName(outbox.error), 'EACCES');
    assert.equal(socket.sendsSingly, false);
  });
});

test('on a socket that is gone all of them are lost, with the reason', () => {
  withThree((outbox) => {
    const gone = new Socket(-1, new Recorder(), 1, 1);
    outbox.add(gone, outgoing(undefined, { size: 3, count: 2 }), 0);
    assert.equal(outbox.socketOf(1), gone);
    assert.equal(outbox.again(1, -ECONNREFUSED), 2);
    assert.ok(outbox.error < 0);
    outbox.empty();
    assert.equal(outbox.socketOf(0), undefined);
  });
});

test('an outbox is full with so many messages, and room for heads and copies is taken once', () => {
  withThree((outbox, socket) => {
    for (let i = 0; i < 3; i += 1) outbox.add(socket, outgoing(undefined, { size: 3 }), 0);
    assert.equal(outbox.isFull, true);
    const taken = maps.size;
    for (let turn = 0; turn < 100; turn += 1) {
      outbox.empty();
      assert.equal(outbox.isFull, false);
      outbox.add(socket, outbox.copyOf(undefined, bytes('head'), Buffer.alloc(40_000), 0), 0);
    }
    assert.equal(maps.size, taken);
  });
});
