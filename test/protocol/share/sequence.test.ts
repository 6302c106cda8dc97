import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAhead, nextSequence, toldAt } from '../../../src/protocol/share/sequence.js';

const NOW = 1_700_000_000_000;

test('numbers grow with the clock, and within one millisecond', () => {
  const first = nextSequence(undefined, NOW + 0.7);
  const second = nextSequence(first, NOW);
  const third = nextSequence(second, NOW + 1);
  assert.deepEqual([first, second, third], [NOW * 1000, NOW * 1000 + 1, (NOW + 1) * 1000]);
  assert.equal(toldAt(second), NOW);
});

test('a clock that went back a little goes on, one that went back far begins anew', () => {
  assert.equal(nextSequence(NOW * 1000, NOW - 10_000), NOW * 1000 + 1);
  assert.equal(nextSequence(NOW * 1000, NOW - 10_001), (NOW - 10_001) * 1000);
  assert.equal(isAhead(NOW * 1000, NOW - 10_000), false);
  assert.equal(isAhead(NOW * 1000, NOW - 10_001), true);
});
