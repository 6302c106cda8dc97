import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignProtocol } from '../../../src/protocol/inbound/foreign.js';

const said = (text: string | readonly number[]): string | undefined => {
  const bytes = Buffer.concat([Buffer.from('..'), typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)]);
  return foreignProtocol(bytes, 2, bytes.length);
};

const PROXY_2 = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];

for (const [what, signature] of [
  ['TLS', [22, 3]],
  ['SSH', [...Buffer.from('SSH-')]],
  ['PROXY', [...Buffer.from('PROXY ')]],
  ['PROXY', PROXY_2],
] as const) {
  test(`${what} is known by its first ${signature.length} bytes, and not by fewer`, () => {
    for (let size = 1; size < signature.length; size += 1) {
      assert.equal(said(signature.slice(0, size)), 'incomplete');
      assert.equal(said([...signature.slice(0, size), 7]), undefined, `${size}`);
    }
    assert.equal(said(signature), what);
    assert.equal(said([...signature, 1, 2, 3]), what);
  });
}

test('anything else is nothing that is known', () => {
  for (const text of [
    'GET /',
    'get /',
    'SSL-',
    'PRI * HTTP/2.0',
    'PROXIMATE',
    [5],
    [4, 1],
    [22, 2],
    [0, 0, 0],
    [255],
  ]) {
    assert.equal(said(text), undefined, JSON.stringify(text));
  }
});
