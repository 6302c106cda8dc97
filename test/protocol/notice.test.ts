import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Repeats } from '../../src/protocol/notice.js';

test('the first of a topic is due at once, then one in the time, with how many were left out', () => {
  const repeats = new Repeats(1000);
  assert.equal(repeats.due('a', 0), 0);
  assert.equal(repeats.due('a', 1), undefined);
  assert.equal(repeats.due('a', 999), undefined);
  assert.equal(repeats.due('b', 999), 0);
  assert.equal(repeats.due('a', 1000), 2);
  assert.equal(repeats.due('a', 2000), 0);
});

test('what was left out before it came here counts too, said or not', () => {
  const repeats = new Repeats(1000);
  assert.equal(repeats.due('a', 0, 3), 3);
  assert.equal(repeats.due('a', 10, 4), undefined);
  assert.equal(repeats.due('a', 1000, 2), 7);
});

test('topics have a bound, and beyond it nothing is due', () => {
  const repeats = new Repeats(1000);
  const due = Array.from({ length: 5000 }, (_, i) => repeats.due(`topic ${i}`, 0)).filter((left) => left !== undefined);
  assert.equal(due.length, 4096);
  assert.equal(repeats.due('topic 0', 1000), 0);
});
