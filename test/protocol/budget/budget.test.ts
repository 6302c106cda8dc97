import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOf, budgetState, spentBudgets } from '../../../src/protocol/budget/budget.js';

const LTE = { name: 'lte', bytes: 100, day: 15, lines: [1, 2] };

test('the lines of a budget share it, and it is spent when together they have carried all of it', () => {
  const state = (bytes: number) => budgetState(LTE, '2026-11-30', (line) => (line === 1 ? bytes : 60));
  const month = { begins: '2026-11-15', ends: '2026-12-15' };
  assert.deepEqual(state(39), { ...{ name: 'lte', used: 99, bytes: 100, lines: [1, 2] }, ...month, isSpent: false });
  assert.equal(state(40).isSpent, true);
});

test('only what was carried in its month counts', () => {
  const asked: unknown[] = [];
  budgetState(LTE, '2026-11-14', (line, month) => asked.push([line, month]));
  const month = { begins: '2026-10-15', ends: '2026-11-15' };
  assert.deepEqual(asked, [
    [1, month],
    [2, month],
  ]);
});

test('a line goes back by one tier for each spent budget that it shares', () => {
  const state = (lines: readonly number[], isSpent: boolean) => ({
    ...{ name: 'x', used: 0, bytes: 1, lines, begins: '', ends: '', isSpent },
  });
  const spent = spentBudgets([state([1, 2], true), state([2], true), state([2, 3], false)]);
  assert.deepEqual(
    [...spent],
    [
      [1, 1],
      [2, 2],
    ],
  );
});

test('a part without a name is called by its lines, of which three are named', () => {
  const lines = ['a', 'b', 'c', 'd', 'e'].map((name, number) => ({ name, number }));
  const part = { name: undefined, bytes: 5, day: 1 };
  assert.equal(budgetOf(part, lines.slice(0, 3)).name, 'a, b, c');
  assert.equal(budgetOf(part, lines).name, 'a, b, c and 2 more');
  assert.equal(budgetOf({ ...part, name: 'lte' }, lines).name, 'lte');
});
