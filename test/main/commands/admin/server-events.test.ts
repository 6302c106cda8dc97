// Server-sent events, however their text is parted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServerEvent, ServerEvents } from '../../../../src/main/commands/admin/server-events.js';

function eventsIn(...texts: readonly string[]): readonly ServerEvent[] {
  const heard: ServerEvent[] = [];
  const events = new ServerEvents((event) => heard.push(event));
  for (const text of texts) events.read(text);
  return heard;
}

test('an event has a kind and data, and comments and empty events are none', () => {
  const text =
    'retry: 2000\n\n:\n\nevent: traffic\ndata: {"a":1}\n\ndata:x\ndata: y\n\nevent: none\n\ndata: unfinished\n';
  assert.deepEqual(eventsIn(text), [
    { kind: 'traffic', data: '{"a":1}' },
    { kind: 'message', data: 'x\ny' },
  ]);
});

test('wherever the text is parted, the events are the same', () => {
  const text = 'event: a\r\ndata: 1\r\n\r\nevent: b\ndata: 2\n\n';
  for (let at = 0; at <= text.length; at += 1)
    assert.deepEqual(eventsIn(text.slice(0, at), text.slice(at)), [
      { kind: 'a', data: '1' },
      { kind: 'b', data: '2' },
    ]);
});

test('an event without an end is dropped', () => {
  const piece = 'x'.repeat(1024 * 1024);
  assert.deepEqual(eventsIn('data: ', ...Array.from({ length: 6 }, () => piece), '\n\ndata: 1\n\n').at(-1), {
    kind: 'message',
    data: '1',
  });
  assert.ok(
    eventsIn(...Array.from({ length: 6 }, () => `data: ${piece}\n`), '\n').every(
      ({ data }) => data.length <= 4 * 1024 * 1024 + 4,
    ),
  );
});
