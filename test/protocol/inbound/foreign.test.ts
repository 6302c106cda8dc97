// Protocols that no listener speaks, known by their first bytes, and by no others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('bytes are what they were with fewer of them, or were still incomplete', () => {
  const signature = fc.constantFrom([22, 3], [...Buffer.from('SSH-')], [...Buffer.from('PROXY ')], PROXY_2, [7]);
  fc.assert(
    fc.property(signature, fc.nat(12), fc.array(fc.nat(255), { maxLength: 16 }), (begin, size, rest) => {
      const bytes = [...begin.slice(0, size), ...rest];
      let before: string | undefined = 'incomplete';
      for (let end = 1; end <= bytes.length; end += 1) {
        const now = said(bytes.slice(0, end));
        assert.ok(before === 'incomplete' || before === now, JSON.stringify(bytes));
        if (now === 'incomplete') assert.ok(end < PROXY_2.length);
        before = now;
      }
    }),
    { numRuns: 3000 },
  );
});
