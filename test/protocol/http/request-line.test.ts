// Request lines and their targets: literal ones, those that are made and read back, and anything.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FAULTS } from '../../../src/protocol/http/faults.js';
import { readRequestLine } from '../../../src/protocol/http/request-line.js';
import { isHost, readAuthority, readUri } from '../../../src/protocol/http/request-target.js';

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
const visible = fc.stringMatching(/^[!"$-~]{1,60}$/);

test('a line of a token, a target and a version is read as these', () => {
  fc.assert(
    fc.property(token, visible, fc.nat(9), (method, target, minor) => {
      const read = readRequestLine(`${method} ${target} HTTP/1.${minor}`);
      assert.deepEqual(read, { method, target, minor: minor === 0 ? 0 : 1 });
    }),
  );
});

test('any other major version is known as one, and no version is that of HTTP/0.9', () => {
  for (const major of [0, 2, 3, 9]) assert.equal(readRequestLine(`GET / HTTP/${major}.0`), 'version');
  for (const line of ['GET / HTTP/2', 'GET /']) assert.equal(readRequestLine(line), 'version');
});

test('any text is a line or a fault, and a line has what it was read from', () => {
  const piece = fc.constantFrom(
    'GET',
    ' ',
    '/',
    'HTTP/1.1',
    'HTTP/1',
    'HTTP/2.0',
    '#',
    '\t',
    '\xe9',
    ':',
    'http',
    '1.1',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 7 }).map((all) => all.join('')),
        fc.string(),
      ),
      (text) => {
        const read = readRequestLine(text);
        if (typeof read === 'string') assert.ok(read in FAULTS);
        else assert.ok(text.startsWith(`${read.method} ${read.target} HTTP/1.`) && text.split(' ').length === 3);
      },
    ),
    { numRuns: 5000 },
  );
});

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6().map((ip) => `[${ip}]`),
);
const port = fc.integer({ min: 1, max: 65_535 });

test('host and port of CONNECT are read back, and nothing else is taken', () => {
  fc.assert(
    fc.property(host, port, (name, number) => {
      const target = readAuthority(`${name}:${number}`);
      assert.ok(typeof target === 'object', `${name}:${number}`);
      assert.equal(target.port, number);
      for (const wrong of [name, `${name}:`, `${name}:0`, `${name}:65536`, `u@${name}:1`, `${name}:${number}/`])
        assert.equal(readAuthority(wrong), 'authority', wrong);
    }),
  );
});

test('the parts of a URL are read back', () => {
  const path = fc.stringMatching(/^(?:[/?][!$-~]{0,20})?$/);
  const scheme = fc.constantFrom('http', 'HTTP', 'Http');
  fc.assert(
    fc.property(scheme, host, fc.option(port), path, (name, at, number, rest) => {
      const authority = number === null ? at : `${at}:${number}`;
      const uri = readUri(`${name}://${authority}${rest}`);
      assert.ok(typeof uri === 'object', `${authority}${rest}`);
      assert.deepEqual([uri.authority, uri.path, uri.target.port], [authority, rest, number ?? 80]);
      assert.ok(isHost(uri.authority));
    }),
  );
});

test('any target is a URL or a fault', () => {
  const piece = fc.constantFrom(
    ...['http', 'https', ':', '//', '/', '?', '@', 'a.test', '[', ']', '::1', '80', '*', '.'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('');
      const uri = readUri(text);
      if (typeof uri === 'string') assert.ok(uri in FAULTS);
      else {
        assert.ok(!uri.authority.includes('@'));
        assert.equal(text.toLowerCase().startsWith('http://'), true);
        assert.ok(text.endsWith(uri.path));
      }
    }),
    { numRuns: 5000 },
  );
});
