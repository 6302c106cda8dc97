import assert from 'node:assert/strict';
import { test } from 'node:test';
import { masked } from '../../../src/protocol/text/masked.js';

const SECRET = 'hunter2"hünter/2 é';

test('a secret that is said back is masked, in whichever form', () => {
  const said = [
    SECRET,
    encodeURIComponent(SECRET),
    JSON.stringify(SECRET).slice(1, -1),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(SECRET).toString('latin1'),
  ];
  for (const form of said) assert.match(masked(`a ${form} b ${form}`, [SECRET]), /^a \*\*\*=* b \*\*\*=*$/);
});

test('a secret that the other side has cut is masked as far as it goes', () => {
  for (let length = 4; length <= SECRET.length; length += 1)
    assert.equal(masked(`'${SECRET.slice(0, length)}'`, [SECRET]), "'***'");
});

test('a short secret and one within another are masked', () => {
  assert.equal(masked('pw and pw2', ['pw', 'pw2']), '*** and ***');
  assert.equal(masked('longsecret-1 longsecret-2', ['longsecret-2', 'longsecret-1']), '*** ***');
});

test('text without a secret stays as it is, also where there is no secret', () => {
  for (const secrets of [[], [undefined, ''], [SECRET]]) assert.equal(masked('ERR hun', secrets), 'ERR hun');
});
