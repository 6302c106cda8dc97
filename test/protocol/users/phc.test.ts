// scrypt hashes as PHC strings: what is read, what is written, and what is refused, above all what would cost too much.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatPhc, looksHashed, PHC_ALLOWED, readPhc } from '../../../src/protocol/users/phc.js';

const SALT = 'aM15713r3Xsvxbi31lqr1Q';
const HASH = 'nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E';
/** Made by passlib from "password". */
const PASSLIB = `$scrypt$ln=16,r=8,p=1$${SALT}$${HASH}`;
const REFUSED = { code: 'invalid', why: PHC_ALLOWED };

test('a hash of another program is read, and written again as it was', () => {
  const read = readPhc(PASSLIB);
  assert.ok(read.code === 'read');
  const { salt, hash, ...parameters } = read.hash;
  assert.deepEqual(parameters, { ln: 16, r: 8, p: 1 });
  assert.deepEqual([salt.length, hash.length], [16, 32]);
  assert.equal(formatPhc(read.hash), PASSLIB);
});

test('every hash within the bounds is read as it was written', () => {
  const octets = (minLength: number) => fc.uint8Array({ minLength, maxLength: 64 });
  const hashes = fc.record({
    ...{ ln: fc.integer({ min: 1, max: 14 }), r: fc.integer({ min: 1, max: 8 }), p: fc.integer({ min: 1, max: 16 }) },
    ...{ salt: octets(8), hash: octets(16) },
  });
  fc.assert(
    fc.property(hashes, (hash) => {
      const read = readPhc(formatPhc(hash));
      assert.ok(read.code === 'read');
      assert.equal(formatPhc(read.hash), formatPhc(hash));
    }),
  );
});

test('anything but this form is refused', () => {
  for (const text of [
    '',
    'password',
    `$scrypt$ln=16,r=8,p=1$${SALT}`,
    `$scrypt$ln=16,r=8,p=1$${SALT}$`,
    `$scrypt$ln=16,r=8,p=1$$${HASH}`,
    `$scrypt$r=8,ln=16,p=1$${SALT}$${HASH}`,
    `$scrypt$ln=16,r=8$${SALT}$${HASH}`,
    `$scrypt$ln=016,r=8,p=1$${SALT}$${HASH}`,
    `$scrypt$ln=+16,r=8,p=1$${SALT}$${HASH}`,
    `$scrypt$ln=16.0,r=8,p=1$${SALT}$${HASH}`,
    `$scrypt$ln=16,r=8,p=1$${SALT}==$${HASH}`,
    `$scrypt$ln=16,r=8,p=1$${SALT}$${HASH}=`,
    `$scrypt$ln=16,r=8,p=1$${SALT}$${HASH}$`,
    `$scrypt$ln=16,r=8,p=1$${SALT}$${HASH}\n`,
    ` $scrypt$ln=16,r=8,p=1$${SALT}$${HASH}`,
    `$SCRYPT$ln=16,r=8,p=1$${SALT}$${HASH}`,
    `$scrypt$ln=16,r=8,p=1$${SALT.replace('M', '-')}$${HASH}`,
    // The last character has bits that no encoder sets.
    `$scrypt$ln=16,r=8,p=1$${SALT.replace(/Q$/, 'R')}$${HASH}`,
    `$scrypt$ln=16,r=8,p=1$c2hvcnQ$${HASH}`,
    `$scrypt$ln=16,r=8,p=1$${SALT}$c2hvcnQ`,
    `$scrypt$ln=16,r=8,p=1$${'A'.repeat(88)}$${HASH}`,
  ]) {
    assert.deepEqual(readPhc(text), REFUSED, text);
  }
});

test('a hash that costs too much memory or time is refused', () => {
  const read = (ln: number, r: number, p: number) => readPhc(`$scrypt$ln=${ln},r=${r},p=${p}$${SALT}$${HASH}`).code;
  // 128 MiB each, and 64 for two at a time in turn.
  assert.deepEqual([read(17, 8, 1), read(20, 1, 1), read(15, 32, 1), read(16, 8, 4)], Array(4).fill('read'));
  assert.deepEqual([read(18, 8, 1), read(21, 1, 1), read(15, 33, 1), read(17, 9, 1)], Array(4).fill('invalid'));
  assert.deepEqual([read(17, 8, 2), read(17, 8, 3), read(14, 8, 17)], ['read', 'invalid', 'invalid']);
  assert.deepEqual([read(0, 8, 1), read(15, 0, 1), read(15, 8, 0), read(9999, 1, 1)], Array(4).fill('invalid'));
});

test('hashes of all kinds are told from passwords', () => {
  for (const hash of [PASSLIB, '$2b$12$abc', '$6$salt$hash', '$argon2id$v=19$m=1', '$scrypt$']) {
    assert.ok(looksHashed(hash), hash);
  }
  for (const password of ['', 'password', '$', '$$', '$ecret', 'a$b$c', '$a b$c', '$ü$']) {
    assert.ok(!looksHashed(password), password);
  }
});
