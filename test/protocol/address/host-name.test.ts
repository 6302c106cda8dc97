import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { interleave, isLocalhost, normaliseName } from '../../../src/protocol/address/host-name.js';

test('a name has one spelling', () => {
  assert.equal(normaliseName('WWW.Example.COM.'), 'www.example.com');
  assert.equal(normaliseName('_dmarc.example.com'), '_dmarc.example.com');
  assert.equal(normaliseName('bücher.example'), 'xn--bcher-kva.example');
  assert.equal(normaliseName('3com.com'), '3com.com');
});

test('what cannot be a name is none', () => {
  const label = 'a'.repeat(63);
  const longest = `${label}.${label}.${label}.${'a'.repeat(61)}`;
  assert.equal(normaliseName(`${longest}.`), longest);
  for (const text of [
    ...['', '.', '..', 'a..b', '.a', 'a.b..', 'a b', 'a/b', 'a\0b', 'http://a', 'a:80'],
    ...['192.0.2.1', '1.2.3.4.', '127.1', '0x7f.1', '2001:db8::1', '[::1]', '１２７.０.０.１'],
    ...[`${label}a.test`, `${longest}a`, 'a.'.repeat(5000)],
  ]) {
    assert.equal(normaliseName(text), undefined, JSON.stringify(text));
  }
});

test('a name in lower case comes to what it comes to in upper case', () => {
  const texts = fc.string({ unit: fc.constantFrom(...'abx019-_.'), maxLength: 70 });
  fc.assert(fc.property(texts, (text) => assert.equal(normaliseName(text), normaliseName(text.toUpperCase()))));
  for (const text of ['a.0x1f', 'a.0x', 'x0.1', 'a1.b2', '1.a', 'a.1', '-', '_', 'a-', 'x.0xg']) {
    assert.equal(normaliseName(text), normaliseName(text.toUpperCase()), text);
  }
});

test('localhost and what is below it', () => {
  assert.deepEqual(['localhost', 'a.localhost', 'notlocalhost', 'localhost.test'].map(isLocalhost), [
    true,
    true,
    false,
    false,
  ]);
});

test('families take turns, the first one begins, doubles are dropped', () => {
  assert.deepEqual(interleave(['::1', '::2', '::3', '192.0.2.1', '::1']), ['::1', '192.0.2.1', '::2', '::3']);
  assert.deepEqual(interleave(['192.0.2.1', '192.0.2.2', '::1']), ['192.0.2.1', '::1', '192.0.2.2']);
  assert.deepEqual(interleave(['192.0.2.1']), ['192.0.2.1']);
  assert.deepEqual(interleave([]), []);
});
