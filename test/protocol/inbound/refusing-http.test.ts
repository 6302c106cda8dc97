// A listener without HTTP answers an HTTP client at the space behind its method, at every split, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusingHttp } from '../../../src/protocol/inbound/refusing-http.js';

const REFUSING = refusingHttp({ what: 'HTTP', sentence: 'speaks HTTP, which is unwanted' });

const fed = (text: string) => {
  const bytes = Buffer.from(`..${text}`, 'latin1');
  return REFUSING.feed(bytes, 2, bytes.length);
};

test('a method and a space are answered with 403, and less is not enough', () => {
  for (const method of ['G', 'GET', 'CONNECT', 'M-SEARCH', 'A'.repeat(32)]) {
    for (let size = 0; size <= method.length; size += 1) assert.equal(fed(method.slice(0, size)).kind, 'incomplete');
    for (const rest of ['', '/ HTTP/1.1\r\n\r\n', '\0']) {
      const step = fed(`${method} ${rest}`);
      assert.ok(step.kind === 'refused' && step.answer !== undefined);
      assert.deepEqual([step.ending, step.misfit?.what], ['refused', 'HTTP']);
      assert.match(Buffer.from(step.answer).toString(), /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*this client speaks HTTP/);
    }
  }
});

test('any bytes are a method, or get no answer, or are at most 32 of one', () => {
  const piece = fc.constantFrom('G', 'ET', ' ', '/', '\r', '\n', '\0', ':', 'A'.repeat(30), '\xff');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
      const text = pieces.join('');
      const [, method, next] = /^([\w!#$%&'*+.^`|~-]*)([\s\S]?)/.exec(text) ?? assert.fail();
      const step = fed(text);
      if (method.length > 32) assert.ok(step.kind === 'refused' && step.answer === undefined);
      else if (next === '') assert.equal(step.kind, 'incomplete');
      else assert.equal(step.kind === 'refused' && step.answer !== undefined, next === ' ' && method !== '');
    }),
    { numRuns: 3000 },
  );
});
