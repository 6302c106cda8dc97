import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endedOf } from '../../../src/main/gateway/ended.js';
import { statsOf } from '../../../src/threads/shared/stats.js';

const NONE = statsOf({ read: () => 0 }, 1);

test('connections that were open end completed, failed or cut', () => {
  const before = { ...NONE, closed: 100, completed: 90, cut: 2 };
  const after = { ...NONE, closed: 110, completed: 96, cut: 5 };
  assert.deepEqual(endedOf({ live: 12, closed: 100 }, before, after), { completed: 6, failed: 1, cut: 5 });
});

test('one that ends while the counters are read is not cut', () => {
  const before = { ...NONE, closed: 101, completed: 91 };
  const after = { ...NONE, closed: 103, completed: 93 };
  assert.equal(endedOf({ live: 3, closed: 100 }, before, after).cut, 0);
});
