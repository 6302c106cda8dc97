// What threads know together of users, by their names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserTable } from '../../../src/threads/shared/user-table.js';

const twoOf = (): readonly [UserTable, UserTable] => {
  const memory = UserTable.create();
  return [new UserTable(memory), new UserTable(memory)];
};

test('two threads find a user at one place, and each name has its own', () => {
  const [one, other] = twoOf();
  assert.equal(other.find('alice'), -1);
  const names = Array.from({ length: 5000 }, (_, number) => `user ${number}`);
  const slots = names.map((name, number) => (number % 2 === 0 ? one : other).slotOf(name));
  assert.equal(new Set(slots).size, names.length);
  assert.ok(slots.every((slot) => slot >= 0));
  assert.deepEqual(
    names.map((name) => other.find(name)),
    slots,
  );
  assert.deepEqual([one.taken, other.taken], [5000, 5000]);
  assert.equal(other.find('alice'), -1);
});

test('what threads add is one sum, and exact beyond 32 bits', () => {
  const [one, other] = twoOf();
  one.add('alice', 2 ** 40);
  other.add('alice', 3);
  one.add('bob', 1);
  assert.equal(other.carried(other.slotOf('alice')), 2 ** 40 + 3);
  assert.equal(one.carried(one.slotOf('bob')), 1);
});

test('who has spent what it may is known to all, and nobody else is taken for it', () => {
  const [one, other] = twoOf();
  assert.equal(one.isSpent('alice'), false);
  other.setSpent('alice', true);
  assert.deepEqual([one.isSpent('alice'), one.isSpent('bob')], [true, false]);
  other.setSpent('alice', false);
  other.setSpent('bob', false);
  assert.deepEqual([one.isSpent('alice'), one.isSpent('bob'), one.taken], [false, false, 1]);
});
