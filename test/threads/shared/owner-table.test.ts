import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MapTable, OwnerTable } from '../../../src/threads/shared/owner-table.js';

test('each fd has one owner, and what is cleared has none', () => {
  const memory = OwnerTable.create(64);
  const table = new OwnerTable(memory);
  table.set(5, 0);
  table.set(6, 1);
  table.set(63, 0);
  assert.deepEqual(new OwnerTable(memory).ownedBy(0), [5, 63]);
  table.set(5, 1);
  table.clear(6);
  assert.deepEqual(table.ownedBy(0), [63]);
  assert.deepEqual(table.ownedBy(1), [5]);
  assert.deepEqual(table.ownedBy(2), []);
});

test("an fd that is being closed is still its owner's, and afterwards only if nobody else has it by then", () => {
  const table = new OwnerTable(OwnerTable.create(64));
  table.set(5, 0);
  table.set(6, 0);
  table.closing(5, 0);
  table.closing(6, 0);
  assert.deepEqual(table.ownedBy(0), [5, 6]);
  table.set(6, 1);
  table.closed(5, 0);
  table.closed(6, 0);
  assert.deepEqual(table.ownedBy(0), []);
  assert.deepEqual(table.ownedBy(1), [6]);
});

test('maps are kept with whether they pin a ring, and their places are used again', () => {
  const memory = MapTable.create();
  const table = new MapTable(memory);
  table.add({ address: 4096, size: 8192 }, true);
  table.add({ address: 65_536, size: 4096 }, false);
  table.add({ address: 2 ** 46, size: 4096 }, false);
  table.remove({ address: 65_536, size: 4096 });
  assert.deepEqual(new MapTable(memory).all(), [
    { region: { address: 4096, size: 8192 }, pinsRing: true },
    { region: { address: 2 ** 46, size: 4096 }, pinsRing: false },
  ]);
  table.clear();
  assert.deepEqual(table.all(), []);
});

test('maps have a bound', () => {
  const table = new MapTable(MapTable.create());
  for (let i = 1; i <= 2048; i += 1) table.add({ address: i * 4096, size: 4096 }, false);
  assert.throws(() => table.add({ address: 1, size: 1 }, false), /at most 2048 maps/);
  table.remove({ address: 4096, size: 4096 });
  table.add({ address: 1, size: 1 }, false);
});
