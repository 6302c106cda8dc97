// The bytes of a turn's sends stay whole and apart, however they come; memory is taken only while more is sent in a turn
// than ever before, and all of it is given back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SEND_MAX } from '../../../src/linux/engine/engine.js';
import { left, Outbox, type Parcel } from '../../../src/linux/engine/outbox.js';
import { Socket } from '../../../src/linux/engine/socket.js';
import { type Memory, mapMemory, unmap } from '../../../src/linux/memory.js';
import { UNRECORDED } from '../../../src/linux/ownership.js';
import { Recorder } from '../world.js';

const LISTENER = new Recorder();
const socketAt = (slot: number, generation = 1): Socket => new Socket(-1, LISTENER, slot, generation);
const text = ({ memory, offset, size }: Parcel): string =>
  Buffer.from(memory.bytes.subarray(offset, offset + size)).toString('latin1');
const noBuffers = (): void => assert.fail('no receive buffer was lent');

/** An outbox whose maps are counted. */
function counted(): { outbox: Outbox; maps: Set<Memory> } {
  const maps = new Set<Memory>();
  const ownership = {
    ...UNRECORDED,
    mapped: (memory: Memory) => maps.add(memory),
    unmapping: (memory: Memory) => maps.delete(memory),
  };
  return { outbox: new Outbox(ownership), maps };
}

/** Sends a copy as the engine does. */
function post(outbox: Outbox, socket: Socket, bytes: string): boolean {
  const offset = outbox.place(Buffer.from(bytes, 'latin1'));
  const begun = outbox.find(socket);
  if (begun !== undefined) return outbox.join(begun, outbox.slab, offset, bytes.length);
  const parcel = outbox.add(socket, 0, 0);
  parcel.memory = outbox.slab;
  parcel.offset = offset;
  parcel.size = bytes.length;
  return true;
}

const parcelOf = (outbox: Outbox, socket: Socket): Parcel => outbox.find(socket) as Parcel;

test('a socket’s parcel is found by slot and generation, and only in its turn', () => {
  const { outbox } = counted();
  const sockets = [0, 7, 1023, 1024, 100_000].map((slot) => socketAt(slot));
  for (const socket of sockets) {
    assert.equal(outbox.find(socket), undefined);
    post(outbox, socket, `for ${socket.slot}`);
  }
  for (const socket of sockets) assert.equal(text(parcelOf(outbox, socket)), `for ${socket.slot}`);
  assert.equal(outbox.find(socketAt(7, 2)), undefined);
  assert.equal(outbox.find(socketAt(8)), undefined);
  outbox.empty(noBuffers);
  for (const socket of sockets) assert.equal(outbox.find(socket), undefined);
  outbox.destroy();
});

test('whoever takes a slot over in the same turn has a parcel of its own', () => {
  const { outbox } = counted();
  post(outbox, socketAt(3, 1), 'former');
  assert.equal(outbox.find(socketAt(3, 2)), undefined);
  post(outbox, socketAt(3, 2), 'latter');
  assert.equal(text(parcelOf(outbox, socketAt(3, 2))), 'latter');
  assert.equal(outbox.find(socketAt(3, 1)), undefined);
  outbox.destroy();
});

test('what joins is put behind, whatever else was sent in between', () => {
  const { outbox } = counted();
  const sockets = [socketAt(0), socketAt(1), socketAt(2)];
  const expected = sockets.map(() => '');
  for (let round = 0; round < 60; round += 1) {
    const which = ((round * 7) % 5) % 3;
    const bytes = String.fromCharCode(33 + round).repeat(1 + ((round * 131) % 997));
    assert.equal(post(outbox, sockets[which], bytes), true);
    expected[which] += bytes;
  }
  assert.deepEqual(
    sockets.map((socket) => text(parcelOf(outbox, socket))),
    expected,
  );
  outbox.destroy();
});

test('bytes of other memory join, too, and stay as they were', () => {
  const { outbox } = counted();
  const buffers = mapMemory(4096);
  buffers.bytes.set(Buffer.from('first, second'));
  const parcel = outbox.add(socketAt(0), 0, 0);
  parcel.memory = buffers;
  parcel.offset = 0;
  parcel.size = 5;
  assert.equal(outbox.join(parcel, buffers, 5, 8), true);
  buffers.bytes.fill(0);
  assert.equal(text(parcel), 'first, second');
  outbox.destroy();
  unmap(buffers);
});

test('more than SEND_MAX does not join, and leaves what was there', () => {
  const { outbox } = counted();
  const socket = socketAt(0);
  assert.equal(post(outbox, socket, 'x'.repeat(SEND_MAX - 2)), true);
  assert.equal(post(outbox, socket, 'abc'), false);
  assert.equal(post(outbox, socket, 'yz'), true);
  const whole = text(parcelOf(outbox, socket));
  assert.equal(whole, `${'x'.repeat(SEND_MAX - 2)}yz`);
  outbox.destroy();
});

test('what is left of a parcel is a copy', () => {
  const { outbox } = counted();
  post(outbox, socketAt(0), 'sent, left');
  const rest = left(parcelOf(outbox, socketAt(0)), 6);
  outbox.slab.bytes.fill(0);
  assert.equal(Buffer.from(rest).toString(), 'left');
  outbox.destroy();
});

test('lent buffers are given back once, when the turn is over', () => {
  const { outbox } = counted();
  const given: number[][] = [];
  const giveBack = (group: number, buffer: number): void => void given.push([group, buffer]);
  outbox.lend(1, 200);
  outbox.lend(2, 3);
  outbox.empty(giveBack);
  outbox.empty(giveBack);
  assert.deepEqual(given, [
    [1, 200],
    [2, 3],
  ]);
  outbox.destroy();
});

test('turns of the same size take no further memory, and none is kept', () => {
  const { outbox, maps } = counted();
  const turn = (): void => {
    for (let slot = 0; slot < 100; slot += 1) post(outbox, socketAt(slot), 'x'.repeat(5000));
    for (let slot = 0; slot < 100; slot += 1) assert.equal(text(parcelOf(outbox, socketAt(slot))).length, 5000);
    outbox.empty(noBuffers);
  };
  turn();
  const taken = maps.size;
  assert.ok(taken >= (100 * 5000) / SEND_MAX && taken < 12, `${taken} maps`);
  for (let again = 0; again < 20; again += 1) turn();
  assert.equal(maps.size, taken);
  outbox.destroy();
  assert.equal(maps.size, 0);
});
