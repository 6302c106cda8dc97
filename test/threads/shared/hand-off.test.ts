// An fd and a listener in one Int32: at the bounds of both, through the queue, and what does not fit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FDS_MAX } from '../../../src/main/process/fd-limit.js';
import { LISTENERS_MAX } from '../../../src/protocol/listen-options.js';
import { FdQueue } from '../../../src/threads/shared/fd-queue.js';
import { FD_END, fdOf, handOff, listenerOf } from '../../../src/threads/shared/hand-off.js';

const FDS = [0, 1, 3, 1023, 65_536, FDS_MAX - 1, FD_END - 1];
const LISTENERS = [0, 1, 63, 64, LISTENERS_MAX - 1];

test('fd and listener come out as they went in, at the bounds of both', () => {
  for (const fd of FDS) {
    for (const listener of LISTENERS) {
      const handedOff = handOff(fd, listener);
      assert.deepEqual([fdOf(handedOff), listenerOf(handedOff)], [fd, listener]);
    }
  }
});

test('they pass through the queue, and are never taken for an empty one', () => {
  const queue = new FdQueue(FdQueue.create(64));
  const all = FDS.flatMap((fd) => LISTENERS.map((listener) => [fd, listener] as const));
  for (const [fd, listener] of all) assert.equal(queue.push(handOff(fd, listener)), true);
  for (const [fd, listener] of all) {
    const next = queue.next();
    assert.ok(next >= 0);
    assert.deepEqual([fdOf(next), listenerOf(next)], [fd, listener]);
    queue.taken();
  }
  assert.equal(queue.next(), -1);
});

test('what does not fit is a bug that is thrown, and no other fd', () => {
  for (const [fd, listener] of [
    [FD_END, 0],
    [-1, 0],
    [3, LISTENERS_MAX],
    [3, -1],
  ]) {
    assert.throws(() => handOff(fd, listener), RangeError);
  }
});

test('every fd that the process may have fits', () => {
  assert.ok(FDS_MAX <= FD_END);
});
