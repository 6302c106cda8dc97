// scrypt as others have it: the test vector of RFC 7914, a hash made by passlib, and our own hashes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashPassword, verifyPassword } from '../../../src/main/users/scrypt.js';
import { formatPhc, readPhc, type ScryptHash } from '../../../src/protocol/users/phc.js';

function read(text: string): ScryptHash {
  const found = readPhc(text);
  assert.ok(found.code === 'read');
  return found.hash;
}

test('the vector of RFC 7914 section 12', async () => {
  const hash = Buffer.from(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    'hex',
  );
  const known = { ln: 14, r: 8, p: 1, salt: Buffer.from('SodiumChloride'), hash };
  assert.equal(await verifyPassword('pleaseletmein', known), true);
  assert.equal(await verifyPassword('pleaseletmeout', known), false);
});

test('a hash made by passlib', async () => {
  const hash = read('$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E');
  assert.equal(await verifyPassword('password', hash), true);
});

test('our own hash is right after it was written and read, and each has its own salt', async () => {
  const texts = await Promise.all(['ünïcode', 'ünïcode'].map(async (text) => formatPhc(await hashPassword(text))));
  assert.match(texts[0] ?? '', /^\$scrypt\$ln=15,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(texts[0], texts[1]);
  assert.equal(await verifyPassword('ünïcode', read(texts[0] as string)), true);
  assert.equal(await verifyPassword('unicode', read(texts[1] as string)), false);
});

test('the dearest hashes that are allowed can be compared', async () => {
  const salt = new Uint8Array(8);
  for (const parameters of [
    { ln: 17, r: 8, p: 1 },
    { ln: 12, r: 32, p: 16 },
    { ln: 1, r: 1, p: 1 },
  ]) {
    assert.equal(await verifyPassword('x', { ...parameters, salt, hash: new Uint8Array(16) }), false);
  }
});
