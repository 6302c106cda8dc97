// What follows from the news of other gateways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeardNews } from '../../../src/protocol/share/heard-news.js';
import { lineId } from '../../../src/protocol/share/line-ids.js';
import type { News } from '../../../src/protocol/share/news.js';
import { OTHERS, SECRETS } from './site.js';

const LINES = [
  { number: 4, name: 'fibre' },
  { number: 7, name: 'cable' },
];
const NOTHING = { lines: [], words: [], retractions: [], disbelieved: 0 };
const DISBELIEVED = { ...NOTHING, disbelieved: 1 };
const ADDRESS = Uint8Array.of(192, 0, 2, 7);

const heard = (): HeardNews => new HeardNews(SECRETS, LINES);
const down = (name: string, kind: 'line-down' | 'line-up' = 'line-down'): News => ({
  kind,
  line: lineId(SECRETS, name),
});
const told = (gateway: string, ...news: readonly News[]) => ({ gateway, news, age_ms: 200 });
const bad = (name: string, of: Partial<Extract<News, { kind: 'bad-address' }>> = {}): News => ({
  ...{ kind: 'bad-address', address: ADDRESS, name, how: 'injection', for_s: 60 },
  ...of,
});

test('a line of the same name is last for five seconds from when that was said', () => {
  assert.deepEqual(heard().take(told('b', down('cable')), 1000), {
    ...NOTHING,
    lines: [{ kind: 'foreign-down', line: 7, by: 'b', ago_ms: 200, for_ms: 4800 }],
  });
});

test('a line that this gateway does not have, or of another site, says nothing', () => {
  const news = heard();
  assert.deepEqual(news.take(told('b', down('satellite')), 1000), NOTHING);
  assert.deepEqual(news.take(told('b', { kind: 'line-down', line: lineId(OTHERS, 'cable') }), 1000), NOTHING);
});

test('taken back, it is over as soon as no other gateway says it', () => {
  const news = heard();
  news.take(told('b', down('cable')), 0);
  news.take(told('c', down('cable')), 0);
  assert.deepEqual(news.take(told('b', down('cable', 'line-up')), 100), NOTHING);
  assert.deepEqual(news.take(told('c', down('cable', 'line-up')), 100).lines, [
    { kind: 'foreign-down', line: 7, by: 'c', ago_ms: 200, for_ms: 0 },
  ]);
  assert.deepEqual(news.take(told('d', down('cable', 'line-up')), 100), NOTHING);
});

test('a gateway that the line has disproved is not believed about it for a minute; others are, and of other lines', () => {
  const news = heard();
  news.take(told('b', down('cable')), 1000);
  news.works(7, 0, 1500);
  for (const now of [2000, 30_000, 61_000]) assert.deepEqual(news.take(told('b', down('cable')), now), DISBELIEVED);
  assert.equal(news.take(told('c', down('cable')), 2000).lines.length, 1);
  assert.equal(news.take(told('b', down('fibre')), 2000).lines.length, 1);
  assert.equal(news.take(told('b', down('cable')), 62_000).lines.length, 1);
});

test('other lines and gateways: what is known of those that stay is kept', () => {
  const news = heard();
  news.take(told('b', down('cable')), 1000);
  news.works(7, 0, 1500);
  news.set(SECRETS, [{ number: 7, name: 'cable' }], new Set(['b']));
  assert.deepEqual(news.take(told('b', down('cable')), 2000), DISBELIEVED);
  news.set(SECRETS, [{ number: 7, name: 'cable' }], new Set(['c']));
  assert.equal(news.take(told('b', down('cable')), 2000).lines.length, 1);
  assert.deepEqual(news.take(told('b', down('fibre')), 2000), NOTHING);
});

test('what is said against an address is a word, with what is left of its time', () => {
  const { words } = heard().take(told('b', bad('a.org'), bad('b.org', { how: 'outcome' })), 0);
  const word = { gateway: 'b', address: '192.0.2.7', for_ms: 59_800 };
  assert.deepEqual(words, [
    { ...word, name: 'a.org', suspects: false },
    { ...word, name: 'b.org', suspects: true },
  ]);
});

test('a name that is none, and a time that is over, are passed over', () => {
  const news = [bad('a..org'), bad('127.0.0.1'), bad('a.org', { for_s: 0 }), bad('A.ORG.')];
  const { words } = heard().take(told('b', ...news), 0);
  assert.deepEqual(
    words.map(({ name }) => name),
    ['a.org'],
  );
});

test('what is taken back of an address is told with whose word it is', () => {
  const { retractions } = heard().take(told('b', { kind: 'good-address', address: ADDRESS }), 0);
  assert.deepEqual(retractions, [{ gateway: 'b', address: '192.0.2.7' }]);
});
