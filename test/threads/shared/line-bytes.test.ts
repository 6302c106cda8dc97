import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineBytes } from '../../../src/threads/shared/line-bytes.js';

test('each line has a place of its own for each direction, and a restarted actor goes on counting', () => {
  const memory = LineBytes.create();
  new LineBytes(memory).add(3, 100, 2 ** 40);
  new LineBytes(memory).add(3, 1, 2);
  const reader = new LineBytes(memory);
  assert.deepEqual(reader.of(3), { up: 101, down: 2 ** 40 + 2 });
  for (const line of [0, 2, 4, 65_535]) assert.deepEqual(reader.of(line), { up: 0, down: 0 }, `line ${line}`);
});

test('a line with a number beyond the memory is not counted, and harms no other', () => {
  const bytes = new LineBytes(LineBytes.create());
  bytes.add(65_536, 5, 5);
  assert.deepEqual(bytes.of(65_536), { up: 0, down: 0 });
  assert.deepEqual(bytes.of(65_535), { up: 0, down: 0 });
  bytes.add(65_535, 1, 2);
  const other = new LineBytes(LineBytes.create());
  other.add(0, 10, 20);
  assert.deepEqual(LineBytes.total([bytes, other]), { up: 16, down: 27 }, 'it counts in the total');
});
