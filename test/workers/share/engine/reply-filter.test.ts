// What of an engine's words comes to the library: all that is asked for, wherever pieces end, and nothing that costs more than it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyFilter, STRING_MAX } from '../../../../src/workers/share/engine/reply-filter.js';

/** What came through, or why it was refused. */
function through(filter: ReplyFilter, ...pieces: readonly string[]): string {
  let passed = '';
  for (const piece of pieces) {
    const filtered = filter.take(Buffer.from(piece, 'latin1'));
    if (filtered.kind === 'refused') return filtered.why;
    passed += Buffer.concat(filtered.pieces).toString('latin1');
  }
  return passed;
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
const LONG = 'x'.repeat(STRING_MAX + 1);

/** What is sent, and what comes through where it is not the same. */
const REPLIES: readonly (readonly [string, string?])[] = [
  ['+OK\r\n'],
  ['+\r\n'],
  ['-MOVED 1 a:1\r\n'],
  [':0\r\n:-1\r\n:+9223372036854775807\r\n'],
  ['$-1\r\n$0\r\n\r\n'],
  [bulk('\r\n*99999\r\n$')],
  ['*0\r\n*-1\r\n'],
  [`*2\r\n${bulk('id')}*2\r\n${bulk('n')}${bulk('value')}+OK\r\n`],
  ['*1\r\n*1\r\n*1\r\n*1\r\n*2\r\n*0\r\n:1\r\n+OK\r\n'],
  [bulk('x'.repeat(STRING_MAX))],
  [bulk(LONG), '$-1\r\n'],
  [`*3\r\n${bulk('a')}${bulk(LONG)}${bulk('b')}+OK\r\n`, `*3\r\n${bulk('a')}$-1\r\n${bulk('b')}+OK\r\n`],
];

test('replies come through, at every split, and strings that are too long come as none', () => {
  for (const [sent, expected = sent] of REPLIES) {
    // Of long ones, around what is not a string's inside.
    const splits = [...sent].flatMap((byte, at) =>
      byte === 'x' && sent[at - 3] === 'x' && sent[at + 3] === 'x' ? [] : [at],
    );
    for (const at of splits)
      assert.equal(
        through(new ReplyFilter(), sent.slice(0, at), sent.slice(at)),
        expected,
        `${sent.slice(0, 40)} at ${at}`,
      );
    assert.equal(through(new ReplyFilter(), ...sent), expected, sent.slice(0, 40));
    assert.equal(through(new ReplyFilter(), sent + sent), expected + expected);
  }
});

test('what is passed on has whole lines, so that the library never sees a part of a head', () => {
  const filter = new ReplyFilter();
  for (const begun of ['*', '2\r', '\n$', '3']) through(filter, begun);
  assert.equal(through(filter, '\r\nab'), '$3\r\nab');
  assert.equal(through(filter, 'c\r\n:1'), 'c\r\n');
});

const NOT_ASKED = 'it sends more than it was asked for';
const NO_REPLY = 'it sends what is no reply of Redis';

const REFUSED: readonly (readonly [string, string])[] = [
  ['*33000000\r\n', NOT_ASKED],
  ['*4097\r\n', NOT_ASKED],
  ['*9999999999\r\n', NOT_ASKED],
  ['*1\r\n'.repeat(7), NOT_ASKED],
  [`$${16 * 1024 * 1024 + 1}\r\n`, NOT_ASKED],
  [`+${'a'.repeat(5000)}`, NOT_ASKED],
  [':1\r\n'.repeat(16_385), NOT_ASKED],
  ['*0\r\n'.repeat(16_385), NOT_ASKED],
  [bulk('a'.repeat(STRING_MAX)).repeat(1024), NOT_ASKED],
  [bulk(LONG).repeat(4096), NOT_ASKED],
  // Lengths that another reader may take for others.
  ...[
    '$99999999999\r\n',
    '*-2\r\n',
    '$-1x\r\n',
    '$ 1\r\n',
    '$01\r\n',
    '$1e3\r\n',
    '$\r\n',
    '*\r\n',
    '*+1\r\n',
    '*1.0\r\n',
  ].map((text) => [text, NO_REPLY] as const),
  ...[':\r\n', ':1.5\r\n', ':a\r\n', `:${'9'.repeat(20)}\r\n`].map((text) => [text, NO_REPLY] as const),
  // Ends of lines.
  ...['+a\n', '+a\rb\r\n', '+a\r\r\n', '\r\n', '\n', '$1\r\nabc', '$1\r\na\rx', '$0\r\nab'].map(
    (text) => [text, NO_REPLY] as const,
  ),
  // RESP 3, which nobody has asked for, and what is no Redis.
  ...[
    '_',
    '#t',
    ',1.5',
    '(99',
    '=8\r\ntxt:text',
    '!3\r\nabc',
    '~1',
    '%1',
    '>1',
    '|1',
    ';1',
    '?',
    'HTTP/1.1 400 Bad Request',
  ].map((text) => [`${text}\r\n`, NO_REPLY] as const),
];

test('what is out of bounds, or no reply, is refused, at every split', () => {
  for (const [sent, why] of REFUSED) {
    assert.equal(through(new ReplyFilter(), sent), why, sent.slice(0, 40));
    for (let at = 1; at < Math.min(sent.length, 40); at += 1)
      assert.equal(through(new ReplyFilter(), sent.slice(0, at), sent.slice(at)), why, `${sent.slice(0, 40)} at ${at}`);
  }
  for (const sent of ['*1\r\n*33000000\r\n', `*2\r\n${bulk('a')}>1\r\n`])
    assert.notEqual(through(new ReplyFilter(), ...sent), sent);
});

test('bounds hold between two answers', () => {
  const filter = new ReplyFilter();
  const many = ':1\r\n'.repeat(10_000);
  assert.equal(through(filter, many), many);
  filter.answered();
  assert.equal(through(filter, many), many);
  assert.equal(through(filter, many), NOT_ASKED);
});
