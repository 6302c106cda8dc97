// The counts of client networks: each client counts from its hand-over to the close of its fd, whatever happens in between.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientShares } from '../../../src/threads/shared/client-shares.js';

const FDS_MAX = 16;

function shares(slots: number): readonly [ClientShares, ClientShares] {
  const memory = ClientShares.create(slots, FDS_MAX);
  return [new ClientShares(memory), new ClientShares(memory)];
}

const counts = (one: ClientShares, slot: number): number[] => [one.live(slot), one.handshakes(slot)];

test('a client counts until its fd is closed, and its handshake until it has asked for something', () => {
  const [main, actor] = shares(3);
  main.came(5, 2);
  main.came(6, 2);
  main.came(15, 0);
  assert.deepEqual(
    [0, 1, 2].map((slot) => counts(main, slot)),
    [
      [1, 1],
      [0, 0],
      [2, 2],
    ],
  );
  actor.requested(5);
  actor.requested(5);
  assert.deepEqual(counts(main, 2), [2, 1]);
  actor.closing(5);
  actor.closing(5);
  assert.deepEqual(counts(main, 2), [1, 1]);
  // One that never asked.
  actor.closing(6);
  assert.deepEqual(counts(main, 2), [0, 0]);
  actor.closing(15);
  assert.deepEqual(counts(main, 0), [0, 0]);
});

test('an fd that is no client’s, and one whose number is used again, count nothing', () => {
  const [main, actor] = shares(1);
  actor.requested(3);
  actor.closing(3);
  main.came(4, 0);
  actor.closing(4);
  actor.closing(4);
  actor.requested(4);
  assert.deepEqual(counts(main, 0), [0, 0]);
  main.came(4, 0);
  assert.deepEqual(counts(main, 0), [1, 1]);
});

test('without limits there is no memory, and nothing is counted', () => {
  const memory = ClientShares.create(0, FDS_MAX);
  assert.deepEqual([memory.slots.byteLength, memory.counts.byteLength], [0, 4]);
  const one = new ClientShares(memory);
  one.requested(7);
  one.closing(7);
  assert.equal(one.isTight, false);
});

test('that few connections are free is told to all threads', () => {
  const [main, actor] = shares(1);
  main.isTight = true;
  assert.equal(actor.isTight, true);
  main.isTight = false;
  assert.equal(actor.isTight, false);
});
