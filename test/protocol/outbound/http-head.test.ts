// The strict reader of a response head: at every split, and what it refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHead } from '../../../src/protocol/outbound/http-head.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const kindOf = (text: string): string => readHead(bytes(text), 0).kind;

test('a head is read once it is whole, at any place, and no more than it', () => {
  const head = 'HTTP/1.1 502 Bad Gateway\r\nVia: 1.1 a\r\nProxy-Status: b; error=dns_error\r\nPROXY-STATUS:c\r\n\r\n';
  for (const [before, behind] of [
    ['', ''],
    ['xyz', 'HTTP/1.1 body'],
  ] as const) {
    for (let size = 0; size < head.length; size += 1)
      assert.equal(readHead(bytes(before + head.slice(0, size)), before.length).kind, 'incomplete', String(size));
    assert.deepEqual(readHead(bytes(before + head + behind), before.length), {
      kind: 'message',
      value: { status: 502, proxyStatus: 'b; error=dns_error, c' },
      size: head.length,
    });
  }
});

test('the forms of a status line', () => {
  for (const line of ['HTTP/1.0 200 OK', 'HTTP/1.1 200 ', 'HTTP/1.1 200', 'HTTP/1.1 299 \xe9t\xe9\twith tab'])
    assert.equal(kindOf(`${line}\r\n\r\n`), 'message', line);
  for (const line of [
    ...['HTTP/2 200', 'HTTP/1.1  200 OK', 'HTTP/1.1 20', 'HTTP/1.1 2000', 'HTTP/1.1 099 x', 'HTTP/1.1 200\tOK'],
    ...['http/1.1 200 OK', 'HTTP/1.1 200OK', 'ICY 200 OK', ' HTTP/1.1 200 OK', 'HTTP/1. 200 OK'],
  ])
    assert.equal(kindOf(`${line}\r\n\r\n`), 'invalid', line);
});

test('another protocol is known by its first byte', () => {
  for (const first of ['\x05', 'S', '\x16', '\0', '\r', '\n']) assert.equal(kindOf(first), 'invalid', first);
});

test('nothing by which two readers could see two ends', () => {
  const wrong = [
    ...['HTTP/1.1 200 OK\n', 'HTTP/1.1 200 OK\r\nA: b\n', 'HTTP/1.1 200 OK\rA', 'HTTP/1.1 200 OK\r\r\n'],
    ...['HTTP/1.1 200 O\0K\r\n', 'HTTP/1.1 200 OK\r\nA: \x01', 'HTTP/1.1 200 OK\r\nA: \x7f'],
  ];
  // These are known before the end.
  for (const head of wrong) assert.equal(kindOf(head), 'invalid', JSON.stringify(head));
  for (const field of ['A: b\r\n folded', ' A: b', 'A : b', ': b', 'no colon', 'A\xe9: b', 'A(b): c'])
    assert.equal(kindOf(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`), 'invalid', JSON.stringify(field));
});

test('the end does not depend on how the bytes arrive, and nothing throws', () => {
  const piece = fc.constantFrom('HTTP/1.1 200 OK', '\r\n', '\r\n', 'A: b', '\r', '\n', ' ', '\t', '\0', 'x', ':');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const all = bytes(pieces.join(''));
      const whole = readHead(all, 0);
      for (let size = 0; size <= all.length; size += 1) {
        const part = readHead(all.subarray(0, size), 0);
        if (part.kind === 'message') {
          assert.deepEqual(whole, part);
          assert.ok(part.size <= size);
        }
        if (part.kind === 'invalid') assert.equal(whole.kind, 'invalid');
      }
    }),
    { numRuns: 2000 },
  );
});
