import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriesMore, worthATrial } from '../../../src/protocol/bulk/compare.js';

const view = (...rates: readonly (number | undefined)[]) => ({ rateOf: (line: number) => rates[line] });

test('a line takes the place of another when it carries a quarter more', () => {
  const rates = view(100, 126, 125, 80, 79);
  assert.equal(carriesMore(rates, 1, 0), true);
  assert.equal(carriesMore(rates, 2, 0), undefined);
  assert.equal(carriesMore(rates, 3, 0), undefined);
  assert.equal(carriesMore(rates, 4, 0), false);
});

test('a line that was never measured takes the place of none that was; among those, rates do not decide', () => {
  const rates = view(1, undefined, undefined);
  assert.equal(carriesMore(rates, 1, 0), false);
  assert.equal(carriesMore(rates, 0, 1), undefined);
  assert.equal(carriesMore(rates, 2, 1), undefined);
});

test('of lines that carry more than twice as much as the one in use, the best is worth a trial', () => {
  const rates = view(100, 201, 300, undefined, 200);
  assert.equal(worthATrial(rates, 0, [0, 1, 2, 3, 4]), 2);
  assert.equal(worthATrial(rates, 0, [0, 1, 4]), 1);
  assert.equal(worthATrial(rates, 0, [0, 3, 4]), undefined);
  assert.equal(worthATrial(rates, 3, [0, 1, 2]), undefined, 'nothing is known of the line in use');
});
