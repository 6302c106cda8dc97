// What is told where a rule and a user allow no line in common.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describe } from '../../../../../src/protocol/race/failure.js';
import { noLineLeft } from '../../../../../src/workers/connection/shared/dialling/no-line-left.js';

const LINES = Array.from({ length: 9 }, (_, number) => ({ name: `line ${number}` }));
const sticky = false;

test('the rule, its lines and those of the user are named', () => {
  const failure = noLineLeft(4, { lines: [1, 2], sticky }, 'alice', [0], LINES);
  assert.deepEqual([failure.code, failure.whose, failure.rule], ['kept-away', 'us', undefined]);
  assert.equal(failure.detail, 'rules[4] leaves only line 1, line 2; user alice may use only line 0');
  assert.match(describe(failure), /^a rule of the configuration keeps .* \(rules\[4\] leaves only line 1, /);
});

test('of many lines the first are named, and the others counted', () => {
  const { detail } = noLineLeft(0, { lines: [0], sticky }, undefined, [1, 2, 3, 4, 5, 6, 7], LINES);
  const named = 'line 1, line 2, line 3, line 4, line 5 and 2 more';
  assert.equal(detail, `rules[0] leaves only line 0; the user may use only ${named}`);
});
