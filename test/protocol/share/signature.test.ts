import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { isSignedBy, publicKey, publicText, signed, signKey } from '../../../src/protocol/share/signature.js';
import { damaged, privateKey, publicOf } from './site.js';

const BODY = Buffer.from('some news');
const KEY = privateKey(1);

test('what a gateway has signed is by it, for its site only, and by no other', () => {
  const signature = signed(BODY, 'main', KEY);
  assert.equal(isSignedBy(BODY, 'main', signature, publicOf(KEY)), true);
  assert.equal(isSignedBy(BODY, 'other', signature, publicOf(KEY)), false);
  assert.equal(isSignedBy(BODY, 'main', signature, publicOf(privateKey(2))), false);
});

test('a signature or a body that was changed is not by it', () => {
  const signature = signed(BODY, 'main', KEY);
  for (const wrong of [...damaged(signature), Buffer.alloc(0), signature.subarray(1), Buffer.alloc(65)]) {
    assert.equal(isSignedBy(BODY, 'main', wrong, publicOf(KEY)), false);
  }
  for (const wrong of damaged(BODY)) assert.equal(isSignedBy(wrong, 'main', signature, publicOf(KEY)), false);
});

test('a public key is the base64 of 32 octets, and the text of a key is read again', () => {
  const text = publicText(KEY);
  assert.equal(text, 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=');
  assert.equal(publicText(publicOf(KEY)), text);
  assert.equal(publicKey(text)?.equals(publicOf(KEY)), true);
  for (const wrong of ['', text.slice(1), `${text}=`, `${text}\n`, text.replace('=', ''), '!'.repeat(44)]) {
    assert.equal(publicKey(wrong), undefined, wrong);
  }
});

test('a private key is one of Ed25519 in PEM', () => {
  const pem = KEY.export({ type: 'pkcs8', format: 'pem' }).toString();
  assert.equal(signKey(pem)?.equals(KEY), true);
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const open = publicOf(KEY).export({ type: 'spki', format: 'pem' }).toString();
  const locked = KEY.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
  for (const wrong of ['', 'nonsense', other.export({ type: 'pkcs8', format: 'pem' }).toString(), open, locked]) {
    assert.equal(signKey(wrong), undefined, wrong);
  }
});
