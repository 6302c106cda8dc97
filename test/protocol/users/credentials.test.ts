import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassword, isUserName, partsOfName } from '../../../src/protocol/users/credentials.js';

const LONGEST = 'ü'.repeat(127);

test('a name has 1 to 255 octets, no control character and no "+"', () => {
  for (const name of ['a', 'alice', 'alice@example.org', 'Größe 1', LONGEST, `${LONGEST}x`, '__proto__', 'a:b']) {
    assert.ok(isUserName(name), name);
  }
  for (const name of ['', `${LONGEST}xx`, 'x'.repeat(256), 'a+b', '+', 'a\n', 'a\0b', 'a\x7f', 'a\x9f', '\t']) {
    assert.ok(!isUserName(name), JSON.stringify(name));
  }
});

test('a password may have a "+"', () => {
  assert.ok(isPassword('a+b'));
  assert.ok(isPassword(`${LONGEST}x`));
  for (const password of ['', `${LONGEST}xx`, 'a\r']) assert.ok(!isPassword(password), JSON.stringify(password));
});

test('what stands for bytes that are not UTF-8 is in no name and no password', () => {
  const [one, other] = [0xe4, 0xf6].map((octet) => Buffer.of(0x70, octet).toString('utf8')) as [string, string];
  assert.equal(one, other);
  assert.ok(!isPassword(one));
  assert.ok(!isUserName(one));
  assert.equal(partsOfName(one), undefined);
});

test('a claimed name is split at the first "+"', () => {
  assert.deepEqual(partsOfName('alice'), { name: 'alice', tag: undefined });
  assert.deepEqual(partsOfName('alice+work'), { name: 'alice', tag: 'work' });
  assert.deepEqual(partsOfName('alice+a.B_9~-'), { name: 'alice', tag: 'a.B_9~-' });
  assert.deepEqual(partsOfName(`alice+${'t'.repeat(64)}`)?.tag?.length, 64);
});

test('a tag is of 1 to 64 letters, digits and marks, and what has another tag is nobody', () => {
  for (const name of [
    'alice+',
    'alice+a+b',
    'alice+a b',
    'alice+ü',
    'alice+a\n',
    `alice+${'t'.repeat(65)}`,
    '+a',
    '',
  ]) {
    assert.equal(partsOfName(name), undefined, JSON.stringify(name));
  }
  assert.equal(partsOfName(`${'x'.repeat(256)}+a`), undefined);
});
