// Credentials of Basic, Proxy-Status and answers: made and read back, and anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answer } from '../../../src/protocol/http/answer.js';
import { readBasic } from '../../../src/protocol/http/basic.js';
import { FAULTS } from '../../../src/protocol/http/faults.js';
import { proxyStatus } from '../../../src/protocol/http/proxy-status.js';
import { isTokenByte } from '../../../src/protocol/http/token.js';

const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((one) => !/\p{Cc}/u.test(one));

test('credentials are read back, and a password may have colons', () => {
  const scheme = fc.constantFrom('Basic ', 'basic ', 'BASIC   ');
  fc.assert(
    fc.property(
      scheme,
      text.filter((one) => !one.includes(':')),
      text,
      (begin, name, password) => {
        const encoded = Buffer.from(`${name}:${password}`).toString('base64');
        assert.deepEqual(readBasic(`${begin}${encoded}`), { name, password });
      },
    ),
  );
});

test('a value is credentials only if it is just what they would be written as', () => {
  const value = fc.oneof(
    fc.string().map((one) => `Basic ${one}`),
    fc.base64String().map((one) => `Basic ${one}`),
    fc.uint8Array().map((bytes) => `Basic ${Buffer.from(bytes).toString('base64')}`),
  );
  fc.assert(
    fc.property(value, (one) => {
      const read = readBasic(one);
      if (read === undefined) return;
      assert.equal(`Basic ${Buffer.from(`${read.name}:${read.password}`).toString('base64')}`, one);
    }),
    { numRuns: 5000 },
  );
});

test('Proxy-Status is one line of ASCII, whatever a line is called and whatever went wrong', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.option(fc.string()), (details, line) => {
      const status = proxyStatus('dns_error', details, line ?? undefined);
      assert.match(status, /^[ -~]*$/);
      // RFC 8941: a string has no quote or backslash that is not escaped.
      const string = '"(?:[^"\\\\]|\\\\["\\\\])*"';
      const hop = line === null ? '' : `; next-hop=${string}`;
      assert.match(status, new RegExp(`^Proxy-Status: tcproute; error=dns_error${hop}; details=${string}$`));
      assert.ok(status.length < 1200);
    }),
  );
});

test('every answer to a fault has its status, its length and the end of the connection', () => {
  for (const { status, sentence } of Object.values(FAULTS)) {
    const [head, body, ...more] = Buffer.from(answer(status, sentence, false))
      .toString()
      .split('\r\n\r\n');
    assert.deepEqual([body, more], [`tcproute: ${sentence}\n`, []]);
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
    assert.match(head, new RegExp(`\r\nContent-Length: ${body.length}\r\n`));
    assert.match(head, /\r\nConnection: close$/);
    assert.equal(Buffer.from(answer(status, sentence, true)).toString(), `${head}\r\n\r\n`);
  }
});

test('the octets of a token are those of RFC 9110', () => {
  for (let octet = 0; octet < 256; octet += 1) {
    assert.equal(isTokenByte(octet), /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/.test(String.fromCharCode(octet)), `${octet}`);
  }
});
