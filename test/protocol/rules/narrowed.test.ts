import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowed } from '../../../src/protocol/rules/narrowed.js';

test('a user and a rule together leave the lines that both allow', () => {
  const rule = { lines: [1, 2, 5], sticky: 'user' } as const;
  assert.equal(narrowed(rule, undefined), rule);
  assert.equal(narrowed(undefined, undefined), undefined);
  assert.deepEqual(narrowed(undefined, [3]), { lines: [3], sticky: false });
  assert.deepEqual(narrowed(rule, [0, 2, 5, 7]), { lines: [2, 5], sticky: 'user' });
  assert.deepEqual(narrowed({ lines: undefined, sticky: 'user' }, [4]), { lines: [4], sticky: 'user' });
  assert.deepEqual(narrowed(rule, [3])?.lines, []);
});
