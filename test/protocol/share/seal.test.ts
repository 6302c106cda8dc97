import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SEAL_OCTETS, seal, unseal } from '../../../src/protocol/share/seal.js';
import { SECRET_MIN, siteSecrets } from '../../../src/protocol/share/secrets.js';
import { cut, damaged, NONCE, OTHERS, SECRETS } from './site.js';

const KEY = 'tr1:{main}:r:0:abc';

test('what is sealed is opened again, whatever it is, and is longer by a fixed number of octets', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.uint8Array({ minLength: 12, maxLength: 12 }), (plain, nonce) => {
      const sealed = seal(SECRETS, KEY, plain, nonce);
      assert.equal(sealed.length, plain.length + SEAL_OCTETS);
      assert.deepEqual(unseal(SECRETS, KEY, sealed), Buffer.from(plain));
    }),
    { numRuns: 200 },
  );
});

test('a value is of the form that earlier gateways have written', () => {
  const sealed = seal(SECRETS, KEY, Buffer.from('plain'), NONCE);
  assert.equal(sealed.toString('hex'), '01010101010101010101010101a4347d6293e962d5919fe180128701b22c966c12b5');
});

test('nothing of what is sealed is seen', () => {
  const sealed = seal(SECRETS, KEY, Buffer.from('www.example.com'), NONCE);
  assert.equal(sealed.includes('example'), false);
});

test('a value that was changed anywhere, cut or lengthened is not opened', () => {
  const sealed = seal(SECRETS, KEY, Buffer.from('a value'), NONCE);
  for (const wrong of [...damaged(sealed), ...cut(sealed)]) assert.equal(unseal(SECRETS, KEY, wrong), undefined);
});

test('a value is opened under its own name, with the secret and for the site that it was sealed for', () => {
  const sealed = seal(SECRETS, KEY, Buffer.from('a value'), NONCE);
  assert.equal(unseal(SECRETS, 'tr1:{main}:r:1:abc', sealed), undefined);
  assert.equal(unseal(OTHERS, KEY, sealed), undefined);
  assert.equal(unseal(siteSecrets(Buffer.alloc(32, 7), 'other'), KEY, sealed), undefined);
});

test('garbage and a value that is too large are not opened', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      assert.equal(unseal(SECRETS, KEY, bytes), undefined);
    }),
    { numRuns: 200 },
  );
  const large = seal(SECRETS, KEY, Buffer.alloc(16_384 - SEAL_OCTETS), NONCE);
  assert.equal(unseal(SECRETS, KEY, large)?.length, 16_384 - SEAL_OCTETS);
  assert.equal(unseal(SECRETS, KEY, seal(SECRETS, KEY, Buffer.alloc(16_385 - SEAL_OCTETS), NONCE)), undefined);
});

test('a short secret and a nonce of another length are bugs', () => {
  assert.throws(() => siteSecrets(Buffer.alloc(SECRET_MIN - 1), 'main'), /a secret of 31 octets/);
  assert.throws(() => seal(SECRETS, KEY, Buffer.of(1), Buffer.alloc(11)), /a nonce of 11 octets/);
});

test('each purpose and each site has keys of its own', () => {
  const all = [SECRETS, OTHERS, siteSecrets(Buffer.alloc(32, 7), 'other')].flatMap(({ names, lines, seal }) =>
    [names, lines, seal].map((key) => key.export().toString('hex')),
  );
  assert.equal(new Set(all).size, 9);
});
