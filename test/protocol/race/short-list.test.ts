import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appended, EMPTY, without } from '../../../src/protocol/race/short-list.js';

test('elements are appended in order, and the empty list that all begin with stays empty', () => {
  let list: readonly string[] = EMPTY;
  for (const element of ['a', 'b', 'c']) list = appended(list, element);
  assert.deepEqual(list, ['a', 'b', 'c']);
  assert.equal(EMPTY.length, 0);
  assert.deepEqual(appended(EMPTY, 1), [1]);
});

test('an element is left out at any place', () => {
  assert.deepEqual(
    [0, 1, 2].map((index) => without(['a', 'b', 'c'], index)),
    [
      ['b', 'c'],
      ['a', 'c'],
      ['a', 'b'],
    ],
  );
  assert.deepEqual(without(['a'], 0), []);
});
