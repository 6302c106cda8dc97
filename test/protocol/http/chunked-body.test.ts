// Where request bodies end: with a length, and chunked, at every split, and against a slow reading of the grammar.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ChunkedBody } from '../../../src/protocol/http/chunked-body.js';
import { LengthBody } from '../../../src/protocol/http/length-body.js';
import { slowChunked } from './slow-chunked.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** What a body makes of pieces: how many bytes belong to it, and how it ends. */
function read(parts: readonly Uint8Array[]): { end: 'open' | 'over' | 'malformed'; size: number } {
  const body = new ChunkedBody();
  let size = 0;
  for (const part of parts) size += body.take(part, 0, part.length);
  return { end: body.isOver ? 'over' : body.isMalformed ? 'malformed' : 'open', size };
}

/** The same at every place in two, byte by byte, and with data that is not looked at. */
function alike(text: string) {
  const bytes = latin1(text);
  const whole = read([bytes]);
  for (let at = 0; at <= bytes.length; at += 1) {
    assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)]), whole, `${JSON.stringify(text)} at ${at}`);
  }
  assert.deepEqual(read(Array.from(bytes, (byte) => Uint8Array.of(byte))), whole);
  assert.deepEqual(readPassing(bytes), whole);
  return whole;
}

/** As a relay does that splices: what is certain is passed over. */
function readPassing(bytes: Uint8Array): { end: 'open' | 'over' | 'malformed'; size: number } {
  const body = new ChunkedBody();
  let at = 0;
  while (at < bytes.length && !body.isOver && !body.isMalformed) {
    const certain = Math.min(body.certain, bytes.length - at);
    if (certain > 0) {
      body.pass(certain);
      at += certain;
    } else at += body.take(bytes, at, at + 1);
  }
  return { end: body.isOver ? 'over' : body.isMalformed ? 'malformed' : 'open', size: at };
}

const WHOLE: readonly [string, string][] = [
  ['no chunk', '0\r\n\r\n'],
  ['several zeros', '0000\r\n\r\n'],
  ['chunks with capitals and leading zeros', '3\r\nabc\r\n00B\r\n0123456789a\r\n0\r\n\r\n'],
  ['data that look like chunks', '7\r\n0\r\n\r\n0\r\r\n0\r\n\r\n'],
  ['extensions', '1;a\r\nx\r\n1 ; b="c;d" ; e\r\ny\r\n0;f=\xff\r\n\r\n'],
  ['trailer fields', '0\r\nX-Sum: 1\r\nY:\r\n\r\n'],
];

for (const [what, text] of WHOLE) {
  test(`a chunked body with ${what} ends where it ends, at every split`, () => {
    for (const behind of ['', 'GET http://b.test/ HTTP/1.1\r\n\r\n', '\0']) {
      assert.deepEqual(alike(text + behind), { end: 'over', size: text.length });
    }
    for (let length = 0; length < text.length; length += 1) {
      assert.deepEqual(read([latin1(text.slice(0, length))]), { end: 'open', size: length });
    }
  });
}

test('a byte that breaks the rules is the end of what is known', () => {
  for (const [good, bad] of [
    ['', 'g'],
    ['', '\r\n'],
    ['', ' 1'],
    ['', ';'],
    ['', '-1'],
    ['', '+1'],
    ['1', 'x'],
    ['', 'x'],
    ['1', '\n'],
    ['1\r', 'a'],
    ['1\r', '\r'],
    ['1;a', '\n'],
    ['1;a', '\0'],
    ['1 ', '\r\n'],
    ['1\t', 'a'],
    ['1;a\r', 'b'],
    ['1\r\na', 'b'],
    ['1\r\na', '\n'],
    ['1\r\na\r', '\r'],
    ['1\r\na\r\n', '\r\n'],
    ['0\r\n', ' X: y'],
    ['0\r\n', ':'],
    ['0\r\nX', ' : y'],
    ['0\r\nX', '\r\n'],
    ['0\r\nX: y', '\n'],
    ['0\r\nX: y\r', 'z'],
    ['0\r\nX: ', '\x7f'],
    ['0\r\n', '\n'],
    ['0\r\n\r', '\r'],
  ] as const) {
    assert.deepEqual(
      alike(`${good}${bad}\r\n0\r\n\r\n`),
      { end: 'malformed', size: good.length },
      JSON.stringify([good, bad]),
    );
  }
});

test('sizes, extensions and trailer fields are bounded', () => {
  assert.equal(read([latin1('fffffffffff')]).end, 'open');
  assert.equal(read([latin1('fffffffffffff')]).end, 'malformed');
  assert.equal(read([latin1(`1;${'a'.repeat(1024)}`)]).end, 'open');
  assert.equal(read([latin1(`1;${'a'.repeat(1100)}`)]).end, 'malformed');
  assert.equal(read([latin1(`1${' '.repeat(1100)}`)]).end, 'malformed');
  // The bound is for one chunk: any number of chunks may have extensions.
  const many = `1;${'a'.repeat(1000)}\r\nx\r\n`.repeat(100);
  assert.deepEqual(read([latin1(many)]), { end: 'open', size: many.length });
  assert.equal(read([latin1(`0\r\n${'X: y\r\n'.repeat(1000)}`)]).end, 'open');
  assert.equal(read([latin1(`0\r\n${'X: y\r\n'.repeat(3000)}`)]).end, 'malformed');
});

test('a large chunk is certain as far as it goes', () => {
  const body = new ChunkedBody();
  body.take(latin1('100000\r\nabc'), 0, 11);
  assert.equal(body.certain, 0x100000 - 3);
  body.pass(0x100000 - 3);
  assert.equal(body.certain, 0);
  assert.equal(body.take(latin1('\r\n0\r\n\r\nmore'), 0, 11), 7);
  assert.ok(body.isOver);
});

test('chunked bodies are read as the grammar says', () => {
  const piece = fc.constantFrom(
    '0',
    '1',
    '3',
    'a',
    '\r\n',
    '\r',
    '\n',
    ';',
    ' ',
    'x',
    ':',
    '\0',
    'abc',
    '3\r\nabc\r\n',
    '0\r\n',
    'X: y\r\n',
    '\r\n\r\n',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      assert.deepEqual(alike(text), { ...slowChunked(text) }, JSON.stringify(text));
    }),
    { numRuns: 3000 },
  );
});

test('a body with a length takes so many bytes, and one without takes none', () => {
  const body = new LengthBody(5);
  const bytes = latin1('0123456789');
  assert.deepEqual([body.take(bytes, 2, 5), body.isOver, body.certain], [3, false, 2]);
  body.pass(1);
  assert.deepEqual([body.take(bytes, 0, 10), body.isOver, body.take(bytes, 0, 10)], [1, true, 0]);
  assert.deepEqual([new LengthBody(0).isOver, new LengthBody(0).take(bytes, 0, 1)], [true, 0]);
});

test('a body with a length takes no more and no less, in whatever pieces it comes, looked at or not', () => {
  const piece = fc.tuple(fc.nat(40), fc.boolean());
  fc.assert(
    fc.property(fc.nat(100), fc.array(piece, { maxLength: 10 }), (length, pieces) => {
      const body = new LengthBody(length);
      let left = length;
      for (const [size, isPassed] of pieces) {
        const wanted = Math.min(size, left);
        if (isPassed) body.pass(Math.min(size, body.certain));
        else assert.equal(body.take(new Uint8Array(size), 0, size), wanted);
        left -= wanted;
        assert.deepEqual([body.certain, body.isOver, body.isMalformed], [left, left === 0, false]);
      }
    }),
  );
});
