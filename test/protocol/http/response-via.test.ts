// Via in responses: at every split, in interim responses, and nowhere else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseVia } from '../../../src/protocol/http/response-via.js';

const VIA = 'Via: 1.1 tcproute\r\n';
const OK = 'HTTP/1.1 200 OK\r\n';
const REST = 'Via: 1.0 squid\r\nContent-Length: 21\r\n\r\nHTTP/1.1 200 OK\r\n\r\nHTTP';

/** What becomes of a text in these pieces. */
function passed(...pieces: readonly string[]): string {
  const via = new ResponseVia();
  return pieces
    .map((piece) => Buffer.from(piece, 'latin1'))
    .map((bytes) => Buffer.from(via.pass(bytes) ?? bytes).toString('latin1'))
    .join('');
}

const RESPONSES: readonly [what: string, text: string, wanted: string][] = [
  ['a response', `${OK}${REST}`, `${OK}${VIA}${REST}`],
  ['one of HTTP/1.0 without a reason', `HTTP/1.0 404\r\n${REST}`, `HTTP/1.0 404\r\nVia: 1.0 tcproute\r\n${REST}`],
  ['one with bare line feeds', 'HTTP/1.1 200 OK\nA: b\n\nbody', `HTTP/1.1 200 OK\n${VIA}A: b\n\nbody`],
  [
    'interim responses and the final one',
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\nB: c\r\n\r\n${OK}${REST}`,
    `HTTP/1.1 100 Continue\r\n${VIA}\r\nHTTP/1.1 103 Early Hints\r\n${VIA}Link: a\r\nB: c\r\n\r\n${OK}${VIA}${REST}`,
  ],
];

for (const [what, text, wanted] of RESPONSES) {
  test(`${what} gets a line behind each status line, at every split`, () => {
    for (let at = 0; at <= text.length; at += 1)
      assert.equal(passed(text.slice(0, at), text.slice(at)), wanted, `${at}`);
    assert.equal(passed(...text), wanted);
  });
}

test('what is no response stays as it is', () => {
  const texts = [
    '',
    'hello\n',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1\r\n\r\n',
    'HTTP/1.1 2x0 OK\r\n\r\n',
    'http/1.1 200 OK\r\n\r\n',
    '\r\nHTTP/1.1 200 OK\r\n\r\n',
  ];
  for (const text of texts) {
    assert.equal(passed(text), text);
    assert.equal(passed(...text), text);
  }
});

test('it ends to look with the final status line, and where interim responses do not end', () => {
  const via = new ResponseVia();
  via.pass(Buffer.from('HTTP/1.1 100 Continue\r\n'));
  assert.equal(via.isOver, false);
  via.pass(Buffer.from(`\r\n${OK}`));
  assert.equal(via.isOver, true);
  const endless = new ResponseVia();
  const head = Buffer.from(`HTTP/1.1 100 Continue\r\n${'A: b\r\n'.repeat(11_000)}`);
  assert.equal(endless.pass(head)?.length, head.length + VIA.length);
  assert.equal(endless.isOver, true);
});
