import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Column } from '../../../../src/workers/connection/records/column.js';

test('an object is found by its slot in any block, and nothing at the slots beside it', () => {
  const column = new Column<string>();
  const slots = [0, 511, 512, 5000];
  for (const slot of slots) column.set(slot, `of ${slot}`);
  for (const slot of slots) assert.equal(column.get(slot), `of ${slot}`);
  for (const slot of [1, 510, 513, 4999, 5001, 1_000_000]) assert.equal(column.get(slot), undefined);
});

test('a slot that was cleared has nothing, whether or not it had something before', () => {
  const column = new Column<string>();
  column.set(3, 'three');
  for (const slot of [3, 4, 100_000]) {
    column.clear(slot);
    assert.equal(column.get(slot), undefined);
  }
});
