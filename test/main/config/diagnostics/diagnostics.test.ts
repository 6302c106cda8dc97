import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, errorsOf, loadJson, loadText } from '../load-text.js';

const size = (texts: readonly string[]): number => texts.join('\n').length;

test('ten thousand mistakes are told as fifty and a number', () => {
  const strays = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`stray${index}`, 1]));
  const errors = errorsIn({ limits: strays });
  assert.equal(errors.length, 51);
  assert.equal(errors[50], 'and 9950 more mistakes');
  const rules = Array.from({ length: 10_000 }, () => ({ use: ['nowhere'] }));
  const list = Array.from({ length: 256 }, (_, index) => ({ type: 'direct', name: `${index} ${'n'.repeat(60)}` }));
  const unknown = errorsIn({ upstream: { type: 'multipath', list }, rules });
  assert.equal(unknown.length, 51);
  assert.ok(size(unknown) < 200_000, `${size(unknown)} characters`);
});

test('ten thousand warnings are likewise', () => {
  const { warnings } = loadJson({ IpBlacklist: Array.from({ length: 10_000 }, () => 'x') });
  assert.equal(warnings.length, 51);
  assert.equal(warnings[50], 'and 9950 more warnings');
  const environment = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`TCPROUTE_ZZZ${index}`, 'x']));
  const told = loadJson({}, { environment }).warnings;
  assert.equal(told.length, 51);
  assert.ok(size(told) < 10_000);
});

test('a key or value of a megabyte is cut in a message', () => {
  const long = 'k'.repeat(1_000_000);
  for (const tree of [
    { [long]: 1 },
    { port: long },
    { upstream: { type: long } },
    { hosts: { [`${long} `]: '1.2.3.4' } },
  ]) {
    const errors = errorsOf(loadText('c.json', JSON.stringify(tree)));
    assert.ok(errors.length === 1 && size(errors) < 1000, `${size(errors)} characters`);
  }
});
