import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineCount, LineCounts } from '../../../src/threads/shared/line-counts.js';

test('actors count a line each for itself, and are read together; a restarted one goes on', () => {
  const [first, second] = [LineCounts.create(4), LineCounts.create(4)];
  const actor = new LineCounts(first);
  actor.add(3, LineCount.attempts);
  actor.connected(3, 12);
  actor.won(3, false);
  actor.answered(3, 40);
  const again = new LineCounts(first);
  again.add(3, LineCount.attempts);
  again.add(3, LineCount.failures);
  const other = new LineCounts(second);
  other.add(3, LineCount.attempts);
  other.connected(3, 8);
  other.won(3, true);
  other.add(3, LineCount.unanswered);
  const { connect, firstByte, ...counts } = LineCounts.sum([actor, other], 3);
  assert.deepEqual(counts, { attempts: 3, connected: 2, failures: 1, wins: 2, rescues: 1, unanswered: 1 });
  assert.deepEqual([connect.count, connect.sum_ms, connect.buckets.indexOf(1)], [2, 20, 3]);
  assert.deepEqual([firstByte.count, firstByte.sum_ms], [1, 40]);
});

test('what is counted of a line is in no other one', () => {
  const counts = new LineCounts(LineCounts.create(3));
  for (const what of Object.values(LineCount)) counts.add(1, what);
  counts.connected(1, 1e9);
  counts.answered(1, 1e9);
  counts.won(1, true);
  const nothing = LineCounts.sum([], 0);
  assert.equal(nothing.attempts + nothing.connect.count + nothing.firstByte.count, 0);
  for (const line of [0, 2]) assert.deepEqual(LineCounts.sum([counts], line), nothing, `line ${line}`);
});

test('a line with a number beyond the memory is not counted, and harms no other', () => {
  const counts = new LineCounts(LineCounts.create(1));
  counts.add(1, LineCount.attempts);
  counts.connected(1, 1);
  counts.won(1, true);
  counts.answered(1, 1);
  assert.deepEqual(LineCounts.sum([counts], 1), LineCounts.sum([], 1));
  assert.deepEqual(LineCounts.sum([counts], 0), LineCounts.sum([], 0));
});
