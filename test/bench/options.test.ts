import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from '../../bench/options.js';

test('with results that are there already, only what is made of them can be said', () => {
  const { from, report, markdown } = parseOptions(['--from', 'a.json', '--report', 'a.html', '--markdown']);
  assert.deepEqual([from, report, markdown], ['a.json', 'a.html', true]);
  for (const more of [['--quick'], ['--rounds', '3'], ['--json', 'b.json'], ['--loads', 'idle']]) {
    assert.throws(() => parseOptions(['--from', 'a.json', ...more]), /^Error: --\w+: not with --from/);
  }
});

test('no file is written over another', () => {
  assert.throws(() => parseOptions(['--from', 'a', '--report', './a']), /different files/);
  assert.throws(() => parseOptions(['--json', 'b/../a', '--report', 'a']), /different files/);
});

test('a file needs a name', () => {
  for (const flag of ['--from', '--report', '--json']) {
    assert.throws(() => parseOptions([flag, '']), new RegExp(`^Error: ${flag}: the name of a file is needed$`));
  }
});
