import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPlausible } from '../../../../src/protocol/share/quota/plausible.js';

const isBelieved = (own: number, sum: number, gateways = 2): boolean =>
  isPlausible({ own, sum }, { limit: 10, gateways });

test('what all gateways can claim at the same moment is believed, and no more', () => {
  assert.deepEqual(
    [isBelieved(0, 0), isBelieved(4, 10), isBelieved(10, 170), isBelieved(10, 171)],
    [true, true, true, false],
  );
  assert.deepEqual([isBelieved(0, 1010, 100), isBelieved(0, 1011, 100)], [true, false]);
});

test('a gateway has no more than the site, and after the engine was emptied less than nothing', () => {
  assert.deepEqual([isBelieved(5, 4), isBelieved(-4, -4), isBelieved(-200, -200)], [false, true, false]);
});

test('what is no whole number is not believed', () => {
  for (const one of [Number.NaN, 0.5, 2 ** 60, Number.POSITIVE_INFINITY]) {
    assert.equal(isBelieved(one, 10), false);
    assert.equal(isBelieved(0, one), false);
  }
});
