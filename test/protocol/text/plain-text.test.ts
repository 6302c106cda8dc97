import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plain, plainJson, plainWhenRead } from '../../../src/protocol/text/plain-text.js';

const WILD = 'a\x1b]0;title\x07\x9b31m\r\n\u202eb\u2028\ud800ü€\u{1f600}';

test('control characters, escape sequences and bidi overrides become visible, all else stays', () => {
  assert.equal(plain(WILD), 'a\\x1b]0;title\\x07\\x9b31m\\x0d\\x0a\\u{202e}b\\u{2028}\\u{d800}ü€\u{1f600}');
  assert.equal(plain('direct 10.0.0.1 → ok'), 'direct 10.0.0.1 → ok');
});

test('JSON keeps its meaning, and has none of these characters but for its own line ends', () => {
  const json = plainJson(JSON.stringify({ [WILD]: [WILD, '\u{e0001}'] }, null, 2));
  assert.deepEqual(JSON.parse(json), { [WILD]: [WILD, '\u{e0001}'] });
  assert.equal(plain(json.replaceAll('\n', '')), json.replaceAll('\n', ''));
});

test('a record that is read and printed shows plain text', () => {
  const read = JSON.parse(plainWhenRead(JSON.stringify({ msg: WILD, path: 'c:\\u001b\\b' }))) as Record<string, string>;
  assert.equal(read['msg'], 'a\\u001b]0;title\\u0007\\u009b31m\\r\\n\\u202eb\\u2028\\ud800ü€\u{1f600}');
  assert.equal(read['path'], 'c:\\u001b\\b');
});

test('line ends stay in stack traces only, whatever a text says of itself', () => {
  const record = { msg: '"stack":"a\n', stack: 'Error: x\n\tat y\x1b' };
  const read = JSON.parse(plainWhenRead(JSON.stringify(record))) as Record<string, string>;
  assert.deepEqual(read, { msg: '"stack":"a\\n', stack: 'Error: x\n\tat y\\u001b' });
});

test('whatever the text, nothing unsafe is left of it', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, (some) => {
      assert.doesNotMatch(plain(some), /[\p{Cc}\p{Cf}\p{Cs}]/u);
      assert.deepEqual(JSON.parse(plainJson(JSON.stringify(some))), some);
      const read = JSON.parse(plainWhenRead(JSON.stringify(some))) as string;
      assert.doesNotMatch(read, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    }),
  );
});
