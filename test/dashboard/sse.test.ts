import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventReader, type ServerEvent } from '../../dashboard/api/sse.js';

const STREAM =
  ': hello\r\nevent: traffic\r\ndata: {"a":1}\r\n\r\ndata:b\ndata: c\n\nid: 7\nretry: 10\n\nevent:x\rdata\r\rdata: rest';

test('events are read, wherever the pieces end', () => {
  const expected: ServerEvent[] = [
    { event: 'traffic', data: '{"a":1}' },
    { event: 'message', data: 'b\nc' },
    { event: 'x', data: '' },
  ];
  for (let first = 0; first <= STREAM.length; first += 1) {
    for (const second of [first, first + 1, first + 7, STREAM.length]) {
      const reader = new EventReader();
      const pieces = [STREAM.slice(0, first), STREAM.slice(first, second), STREAM.slice(Math.max(first, second))];
      assert.deepEqual(
        pieces.flatMap((piece) => reader.take(piece)),
        expected,
        `${first} ${second}`,
      );
    }
  }
});

test('an event without an end is not kept for ever', () => {
  const reader = new EventReader();
  assert.throws(() => {
    for (let piece = 0; piece < 100; piece += 1) reader.take('x'.repeat(100_000));
  }, RangeError);
});
