import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FormerNames } from '../../../src/main/actors/former-names.js';

const one = (number: number, name: string) => ({ number, name });

test('what is not in force any more is former, until it is back', () => {
  const names = new FormerNames();
  assert.deepEqual(names.set([one(0, 'a'), one(1, 'b')], [one(0, 'lan')]), { lines: [], listeners: [] });
  assert.deepEqual(names.set([one(0, 'a')], [one(1, 'lan')]), {
    lines: [one(1, 'b')],
    listeners: [one(0, 'lan')],
  });
  assert.deepEqual(names.set([one(2, 'b')], [one(0, 'lan')]), {
    lines: [one(1, 'b'), one(0, 'a')],
    listeners: [one(1, 'lan')],
  });
});

test('a number that was given again is known by its new name', () => {
  const names = new FormerNames();
  names.set([], [one(0, 'old')]);
  names.set([], [one(0, 'new')]);
  assert.deepEqual(names.set([], [one(1, 'other')]).listeners, [one(0, 'new')]);
});

test('of names that are gone those that went last are kept, and all numbers of names in force', () => {
  const names = new FormerNames(100, 2);
  for (let number = 0; number < 10; number += 1)
    names.set([one(2 * number, 'stays'), one(2 * number + 1, `n${number}`)], []);
  const { lines } = names.set([one(20, 'stays')], []);
  assert.deepEqual(
    lines.filter(({ name }) => name !== 'stays'),
    [one(17, 'n8'), one(19, 'n9')],
  );
  assert.equal(lines.filter(({ name }) => name === 'stays').length, 10);
});

test('numbers are bounded, but those in force are never left out', () => {
  const names = new FormerNames(3, 10);
  for (let number = 0; number < 10; number += 1) names.set([one(number, 'a')], []);
  assert.deepEqual(names.set([one(9, 'a')], []).lines, [one(7, 'a'), one(8, 'a')]);
});
