// Keys as terminals send them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Key, keysIn } from '../../../../src/main/commands/top/keys.js';

const shown = (keys: readonly Key[]): string =>
  keys.map((key) => (key.kind === 'text' ? key.text : `<${key.kind}>`)).join('');

test('a character is a key, in whatever script', () => {
  assert.equal(shown(keysIn('a/\u4e2d\u{1f600} ').keys), 'a/\u4e2d\u{1f600} ');
});

test('control characters are keys', () => {
  assert.equal(
    shown(keysIn('\x03\x1a\x0c\r\n\t\x7f\b\x15\x1c').keys),
    '<interrupt><suspend><redraw><enter><enter><tab><backspace><backspace><erase><quit>',
  );
});

test('cursor keys are known in both modes of a terminal', () => {
  assert.equal(shown(keysIn('\x1b[A\x1bOB\x1b[C\x1bOD').keys), '<up><down><right><left>');
  assert.equal(
    shown(keysIn('\x1b[H\x1bOF\x1b[1~\x1b[8~\x1b[5~\x1b[6~\x1b[Z').keys),
    '<home><end><home><end><page-up><page-down><back-tab>',
  );
});

test('what is no known key is no text', () => {
  assert.equal(
    shown(keysIn('\x1b[15~\x1b[1;5A\x1bOP\x1b[200~\x01\u202e').keys),
    '<other><other><other><other><other><other>',
  );
});

test('the beginning of a key waits for its end, and is ESC where nothing comes', () => {
  assert.deepEqual(keysIn('\x1b'), { keys: [], rest: '\x1b' });
  assert.deepEqual(keysIn('x\x1b[5'), { keys: [{ kind: 'text', text: 'x' }], rest: '\x1b[5' });
  assert.equal(shown(keysIn('\x1b', true).keys), '<escape>');
  assert.equal(shown(keysIn('\x1b[', true).keys), '<escape>[');
  assert.equal(shown(keysIn('\x1bq').keys), '<escape>q');
});

test('wherever what was typed is parted, the keys are the same', () => {
  const typed = 'q\x1b[A\x1bOBx\x1b[6~\u4e2d\x1b[1;5A';
  for (let at = 0; at <= typed.length; at += 1) {
    const first = keysIn(typed.slice(0, at));
    const second = keysIn(first.rest + typed.slice(at));
    assert.equal(shown([...first.keys, ...second.keys]), shown(keysIn(typed).keys));
  }
});

test('whatever is typed, all of it is taken, and no key holds an escape', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { keys, rest } = keysIn(text, true);
      assert.equal(rest, '');
      for (const key of keys) assert.ok(key.kind !== 'text' || !/\p{Cc}/u.test(key.text));
    }),
  );
  assert.ok(keysIn(`\x1b[${'1;'.repeat(1000)}`).rest === '');
});
