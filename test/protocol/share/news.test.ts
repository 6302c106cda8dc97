import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineId } from '../../../src/protocol/share/line-ids.js';
import { decodeNews, encodeNews, NEWS_AT_ONCE, NEWS_BODY_MAX, type News } from '../../../src/protocol/share/news.js';
import { cut, SECRETS } from './site.js';

const LINE = lineId(SECRETS, 'fibre');
const ADDRESS = Uint8Array.of(192, 0, 2, 1);
const ALL: readonly News[] = [
  { kind: 'line-down', line: LINE },
  { kind: 'line-up', line: LINE },
  { kind: 'bad-address', address: ADDRESS, name: 'www.example.com', how: 'outcome', for_s: 3600 },
  { kind: 'good-address', address: new Uint8Array(16) },
];
const GATEWAY = 'b';

test('every kind of news is read as it was written', () => {
  const body = { gateway: GATEWAY, sequence: 1_700_000_000_000_123, news: ALL };
  assert.deepEqual(decodeNews(encodeNews(body)), body);
  for (const how of ['injection', 'spoofing', 'outcome'] as const) {
    const news: News[] = [{ kind: 'bad-address', address: ADDRESS, name: 'a', how, for_s: 0 }];
    assert.deepEqual(decodeNews(encodeNews({ gateway: GATEWAY, sequence: 1, news }))?.news, news);
  }
});

test('the form of a message is fixed', () => {
  const bytes = encodeNews({ gateway: 'b', sequence: 258, news: [ALL[3] ?? ALL[0]] });
  assert.equal(bytes.toString('hex'), `01 0162 0000000000000102 01 03 10 ${'00'.repeat(16)}`.replaceAll(' ', ''));
});

test('the largest message fits, one more item is a bug', () => {
  const largest: News = {
    kind: 'bad-address',
    address: new Uint8Array(16),
    name: 'x'.repeat(253),
    how: 'outcome',
    for_s: 2 ** 32 - 1,
  };
  const body = { gateway: 'g'.repeat(32), sequence: Number.MAX_SAFE_INTEGER, news: Array(NEWS_AT_ONCE).fill(largest) };
  assert.equal(encodeNews(body).length, NEWS_BODY_MAX);
  assert.deepEqual(decodeNews(encodeNews(body)), body);
  assert.throws(() => encodeNews({ ...body, news: [...body.news, largest] }), /9 news at once/);
});

test('a message that is cut anywhere, or has more, is none', () => {
  const bytes = encodeNews({ gateway: GATEWAY, sequence: 1, news: ALL });
  for (const wrong of cut(bytes)) assert.equal(decodeNews(wrong), undefined);
});

test('hostile fields are no message', () => {
  const one = (news: News): Buffer => encodeNews({ gateway: GATEWAY, sequence: 1, news: [news] });
  const bad = (name: string, address = ADDRESS): Buffer =>
    one({ kind: 'bad-address', address, name, how: 'outcome', for_s: 1 });
  assert.notEqual(decodeNews(bad('a')), undefined);
  for (const name of ['', 'a b', 'a\n', 'ä', '\u001b[2J', 'x'.repeat(254)])
    assert.equal(decodeNews(bad(name)), undefined);
  for (const length of [0, 3, 5, 15, 17]) assert.equal(decodeNews(bad('a', new Uint8Array(length))), undefined);
  assert.equal(decodeNews(one({ kind: 'good-address', address: new Uint8Array(5) })), undefined);
  for (const gateway of ['', 'B', 'a b', 'x'.repeat(33)]) {
    const bytes = Buffer.concat([Buffer.of(1, gateway.length), Buffer.from(gateway), Buffer.alloc(8), Buffer.of(0)]);
    assert.equal(decodeNews(bytes), undefined);
  }
  const head = Buffer.from('0101620000000000000001', 'hex');
  assert.notEqual(decodeNews(Buffer.concat([head, Buffer.of(0)])), undefined);
  // A kind and a kind of evidence that do not exist, too many items, another version, a sequence beyond safe integers.
  assert.equal(decodeNews(Buffer.concat([head, Buffer.of(1, 4), Buffer.alloc(8)])), undefined);
  assert.equal(decodeNews(Buffer.concat([head, Buffer.of(1, 2, 4, 1, 2, 3, 4, 3, 0, 0, 0, 1, 1, 97)])), undefined);
  assert.equal(decodeNews(Buffer.concat([head, Buffer.of(9), Buffer.alloc(81)])), undefined);
  assert.equal(decodeNews(Buffer.concat([Buffer.of(2), head.subarray(1), Buffer.of(0)])), undefined);
  assert.equal(decodeNews(Buffer.from('010162002000000000000000', 'hex')), undefined);
});

test('any bytes are a message or none, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeNews(Buffer.concat([Buffer.from('010162', 'hex'), bytes]));
    }),
    { numRuns: 500 },
  );
});
