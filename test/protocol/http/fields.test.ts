// Header fields, where a body ends, and what goes on of them: made and read back, and anything against what must hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FAULTS } from '../../../src/protocol/http/faults.js';
import { type Field, listOf, readFields, tokensOf, valuesOf } from '../../../src/protocol/http/fields.js';
import { forwardedHead } from '../../../src/protocol/http/forwarded-head.js';
import { framingOf } from '../../../src/protocol/http/framing.js';
import { readUri } from '../../../src/protocol/http/request-target.js';

const name = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,12}$/);
/** Without spaces at its ends, beyond ASCII too. */
const value = fc.stringMatching(/^(?:[!-~\xa0-\xff](?:[ -~\t\xa0-\xff]{0,20}[!-~\xa0-\xff])?)?$/);
const space = fc.stringMatching(/^[ \t]{0,3}$/);

const fieldsOf = (text: string): readonly Field[] => {
  const fields = readFields(text);
  assert.ok(typeof fields === 'object', text);
  return fields;
};

test('fields are read back without the spaces around their values', () => {
  const line = fc.tuple(name, space, value, space);
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (all) => {
      const text = all.map(([key, before, content, behind]) => `${key}:${before}${content}${behind}`).join('\r\n');
      assert.deepEqual(
        fieldsOf(text).map((field) => [field.name, field.key, field.value]),
        all.map(([key, , content]) => [key, key.toLowerCase(), content]),
      );
    }),
  );
});

test('200 fields are taken and 201 are not', () => {
  const of = (count: number): string => new Array(count).fill('A:').join('\r\n');
  assert.equal(fieldsOf(of(200)).length, 200);
  assert.equal(readFields(of(201)), 'too-many-fields');
});

test('the members of a list are the same in one field and in several', () => {
  const members = fc.array(fc.stringMatching(/^[A-Za-z0-9]{0,5}$/), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(members, fc.nat(8), (all, at) => {
      const [first, second] = [all.slice(0, at), all.slice(at)].map((part) => part.join(' ,\t'));
      const values = [first, second].filter((_, index) => index === 0 || at < all.length);
      assert.deepEqual(
        tokensOf(values),
        all.filter((one) => one !== '').map((one) => one.toLowerCase()),
      );
      if (at > 0) assert.deepEqual(listOf(values), all);
    }),
  );
});

const FRAMING = fc.array(
  fc.tuple(
    fc.constantFrom('Content-Length', 'content-length', 'Transfer-Encoding'),
    fc.constantFrom(
      '0',
      '5',
      '05',
      '5, 5',
      '',
      '-1',
      '9007199254740993',
      'chunked',
      'Chunked',
      'gzip, chunked',
      'chunked,',
    ),
  ),
  { maxLength: 3 },
);

test('the end of a body is known in one way, or the request is refused', () => {
  fc.assert(
    fc.property(FRAMING, fc.constantFrom(0, 1), (pairs, minor) => {
      const fields = fieldsOf(pairs.map(([key, content]) => `${key}: ${content}`).join('\r\n'));
      const [lengths, codings] = ['content-length', 'transfer-encoding'].map((key) => valuesOf(fields, key));
      const framing = framingOf(fields, minor as 0 | 1);
      if (typeof framing === 'string') {
        assert.ok(FAULTS[framing].status === 400 || FAULTS[framing].status === 501);
        assert.ok(pairs.length > 0);
      } else if (framing.kind === 'none') assert.equal(pairs.length, 0);
      else if (framing.kind === 'chunked') assert.deepEqual([lengths.length, codings.length, minor], [0, 1, 1]);
      else {
        assert.equal(codings.length, 0);
        assert.ok(Number.isSafeInteger(framing.length));
        for (const length of listOf(lengths)) assert.equal(Number(length), framing.length);
      }
    }),
    { numRuns: 3000 },
  );
});

test('a head that goes on is whole, is framed in one way, and has nothing for proxies or one connection', () => {
  const known = fc.constantFrom(
    ...[
      'Connection',
      'Keep-Alive',
      'TE',
      'Upgrade',
      'Trailer',
      'Proxy-Authorization',
      'proxy-x',
      'Via',
      'Max-Forwards',
    ],
  );
  const content = fc.oneof(value, fc.constantFrom('close', 'X, Y', 'trailers', '5', 'via', 'Content-Length', 'host'));
  const line = fc.tuple(fc.oneof(name, known, fc.constantFrom('X', 'Y')), content);
  const method = fc.constantFrom('GET', 'OPTIONS', 'POST');
  fc.assert(
    fc.property(method, fc.array(line, { maxLength: 8 }), FRAMING, (verb, all, framed) => {
      const text = [...all, ...framed].map(([key, one]) => `${key}: ${one}`).join('\r\n');
      const fields = fieldsOf(text);
      const framing = framingOf(fields, 1);
      const uri = readUri('http://a.test/x');
      assert.ok(typeof uri === 'object');
      if (typeof framing === 'string') return;
      const head = forwardedHead({ method: verb, target: 'http://a.test/x', minor: 1 }, uri, fields, framing);
      if (typeof head === 'string') return assert.ok(verb === 'OPTIONS' && FAULTS[head].status >= 400);
      const written = Buffer.from(head).toString('latin1');
      assert.ok(written.endsWith('\r\n\r\n'));
      const [first, ...rest] = written.slice(0, -4).split('\r\n');
      assert.equal(first, `${verb} /x HTTP/1.1`);
      const sent = fieldsOf(rest.join('\r\n'));
      const keys = sent.map(({ key }) => key);
      for (const key of keys) assert.ok(!/^(?:proxy-.*|keep-alive|upgrade|trailer)$/.test(key), key);
      assert.deepEqual([valuesOf(sent, 'host'), valuesOf(sent, 'via').at(-1)], [['a.test'], '1.1 tcproute']);
      assert.equal(valuesOf(sent, 'connection').length, 1);
      assert.deepEqual(framingOf(sent, 1), framing);
      const named = tokensOf(valuesOf(fields, 'connection')).filter(
        (key) => !/^(?:host|content-length|via|te)$/.test(key),
      );
      for (const key of named) assert.ok(!keys.includes(key) || key === 'connection', key);
    }),
    { numRuns: 3000 },
  );
});
