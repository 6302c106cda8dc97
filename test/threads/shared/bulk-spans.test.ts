import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BulkSpans } from '../../../src/threads/shared/bulk-spans.js';

test('what transfers of a group carry at a time is summed over all actors, but for the one that asks', () => {
  const memory = BulkSpans.create(3);
  const [first, second] = [new BulkSpans(memory, 0), new BulkSpans(memory, 1)];
  first.reach(2);
  const own = first.take();
  first.put(own, 7, 100, 1000);
  first.put(first.take(), 8, 1000, 1000);
  const other = second.take();
  second.put(other, 7, 20, 1000);
  second.put(second.take(), 7, 3, 400);
  assert.equal(first.beside(7, own, 500), 20);
  assert.equal(second.beside(7, other, 300), 103);
  second.clear(other, 7);
  assert.equal(first.beside(7, own, 500), 0);
});

test('an actor that takes the place of one that died begins with nothing, and more transfers than places harm nothing', () => {
  const memory = BulkSpans.create(1);
  const before = new BulkSpans(memory, 0);
  for (let n = 0; n < 100; n += 1) before.put(before.take(), 7, 1, 1000);
  assert.equal(before.beside(7, -1, 0), 64);
  assert.equal(new BulkSpans(memory, 0).beside(7, -1, 0), 0);
});
