// What the engine replies of the stream of news, whatever that is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reply } from '../../../../src/workers/share/engine/engine.js';
import { entriesOf, placeAt, READ_MAX, read, timeOf, write } from '../../../../src/workers/share/news/stream.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const entry = (id: string, ...fields: readonly Reply[]): Reply => [bytes(id), fields];

test('the commands', () => {
  assert.deepEqual(read('key', placeAt(1234.9)), ['XRANGE', 'key', '(1234-0', '+', 'COUNT', '128']);
  assert.deepEqual(write('key', bytes('v')), [
    ['XADD', 'key', 'MAXLEN', '~', '1024', '*', 'n', bytes('v')],
    ['PEXPIRE', 'key', '3600000'],
  ]);
  assert.equal(placeAt(-5).id, '0-0');
});

test('the clock of the engine in ms', () => {
  assert.equal(timeOf([bytes('1700000000'), bytes('123456')]), 1_700_000_000_123.456);
  assert.equal(timeOf(['1700000000', '0']), 1_700_000_000_000);
  const none: readonly (Reply | undefined)[] = [
    ...[undefined, null, 5, 'OK', [], [bytes('1')], [bytes('x'), bytes('y')], ['0', '0']],
    { error: 'LOADING' },
  ];
  for (const reply of none) assert.equal(timeOf(reply), undefined);
});

test('entries with their ids; one of another form is empty, and its place counts', () => {
  const value = bytes('sealed');
  assert.deepEqual(
    entriesOf([entry('5-1', bytes('n'), value), entry('6-0', bytes('x'), value), entry('7-0', bytes('n'))]),
    [
      { ms: 5, id: '5-1', value },
      { ms: 6, id: '6-0', value: Buffer.alloc(0) },
      { ms: 7, id: '7-0', value: Buffer.alloc(0) },
    ],
  );
});

test('what is no list of entries gives none, and never an error', () => {
  const reply: fc.Arbitrary<Reply> = fc.letrec<{ reply: Reply }>((tie) => ({
    reply: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.constantFrom(bytes('n'), bytes('5-1'), bytes('')),
      fc.record({ error: fc.string() }),
      fc.array(tie('reply'), { maxLength: 4 }),
    ),
  })).reply;
  fc.assert(
    fc.property(reply, (one) => {
      for (const { ms, id } of entriesOf(one)) assert.ok(Number.isSafeInteger(ms) && /^\d+-\d+$/.test(id));
      timeOf(one);
    }),
  );
});

test('no more entries are taken than were asked for', () => {
  const many = Array.from({ length: 1000 }, (_, n) => entry(`${n}-0`, bytes('n'), bytes('v')));
  assert.equal(entriesOf(many).length, READ_MAX);
});
