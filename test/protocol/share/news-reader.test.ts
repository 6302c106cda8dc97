import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newsKey } from '../../../src/protocol/share/keys.js';
import { lineId } from '../../../src/protocol/share/line-ids.js';
import { encodeNews, type News } from '../../../src/protocol/share/news.js';
import { NewsReader, type ReadNews } from '../../../src/protocol/share/news-reader.js';
import { NewsTeller } from '../../../src/protocol/share/news-teller.js';
import { seal } from '../../../src/protocol/share/seal.js';
import { siteSecrets } from '../../../src/protocol/share/secrets.js';
import { signed } from '../../../src/protocol/share/signature.js';
import { damaged, NONCE, OTHERS, privateKey, publicOf, SECRETS } from './site.js';

const NEWS: readonly News[] = [{ kind: 'line-down', line: lineId(SECRETS, 'fibre') }];
const NOW = 1_700_000_000_000;
const KEYS = new Map(['a', 'b', 'c'].map((name, n) => [name, publicOf(privateKey(n + 1))]));
const reader = (): NewsReader => new NewsReader(SECRETS, 'a', KEYS);
const teller = (gateway: string, key: number, secrets = SECRETS): NewsTeller =>
  new NewsTeller(secrets, gateway, privateKey(key));
const told = (gateway: string, key: number, now = NOW): Buffer => teller(gateway, key).tell(NEWS, now, NONCE);
const why = (read: ReadNews): string => (read.kind === 'refused' ? read.why : read.kind);

test('news of another gateway are read, with their age', () => {
  assert.deepEqual(reader().read(told('b', 2), NOW + 20, NOW + 900), {
    kind: 'news',
    gateway: 'b',
    news: NEWS,
    age_ms: 900,
  });
});

test('a clock of the teller that is a little ahead makes no negative age', () => {
  assert.deepEqual(reader().read(told('b', 2, NOW + 5), NOW, NOW), {
    kind: 'news',
    gateway: 'b',
    news: NEWS,
    age_ms: 0,
  });
});

test('a message is read once, and an earlier one not after a later one', () => {
  const b = teller('b', 2);
  const [first, second, third] = [0, 0, 1].map((later) => b.tell(NEWS, NOW + later, NONCE));
  const reads = reader();
  assert.deepEqual(
    [first, first, third, second, third].map((one) => why(reads.read(one, NOW, NOW))),
    ['news', 'replayed', 'news', 'replayed', 'replayed'],
  );
});

test('a message that is put into the stream again later is stale, also for a reader that has just begun', () => {
  const message = told('b', 2);
  assert.equal(why(reader().read(message, NOW + 10_000, NOW + 10_000)), 'news');
  assert.equal(why(reader().read(message, NOW + 10_001, NOW + 10_001)), 'stale');
  assert.equal(why(reader().read(message, NOW - 10_001, NOW)), 'stale');
});

test('news that were told while the reader was away are stale', () => {
  assert.equal(why(reader().read(told('b', 2), NOW, NOW + 60_000)), 'news');
  assert.equal(why(reader().read(told('b', 2), NOW, NOW + 60_001)), 'stale');
});

test('a gateway cannot speak for another, and a stranger not at all', () => {
  assert.equal(why(reader().read(told('b', 3), NOW, NOW)), 'unsigned');
  assert.equal(why(reader().read(told('d', 4), NOW, NOW)), 'stranger');
  assert.equal(why(reader().read(told('a', 1), NOW, NOW)), 'own');
});

test('what a gateway has said in the name of another does not keep that one from being heard', () => {
  const reads = reader();
  const evil = teller('b', 3);
  for (let n = 0; n < 100; n += 1) {
    assert.equal(why(reads.read(evil.tell(NEWS, NOW + 9000, NONCE), NOW, NOW)), 'unsigned');
  }
  assert.equal(why(reads.read(told('b', 2), NOW, NOW)), 'news');
});

test('messages of another secret or site, damaged and empty ones are unreadable', () => {
  const wrong = [teller('b', 2, OTHERS), teller('b', 2, siteSecrets(Buffer.alloc(32, 7), 'other'))];
  for (const one of wrong) assert.equal(why(reader().read(one.tell(NEWS, NOW, NONCE), NOW, NOW)), 'unreadable');
  for (const one of damaged(told('b', 2))) assert.equal(why(reader().read(one, NOW, NOW)), 'unreadable');
  for (let length = 0; length < 80; length += 1) {
    const garbage = seal(SECRETS, newsKey('main'), Buffer.alloc(length, 1), NONCE);
    assert.equal(why(reader().read(garbage, NOW, NOW)), 'unreadable');
  }
});

test('a body that was changed by one with the secret is unsigned or unreadable', () => {
  const body = encodeNews({ gateway: 'b', sequence: NOW * 1000, news: NEWS });
  const signature = signed(body, 'main', privateKey(2));
  const sealed = (one: Buffer): Buffer => seal(SECRETS, newsKey('main'), Buffer.concat([signature, one]), NONCE);
  assert.equal(why(reader().read(sealed(body), NOW, NOW)), 'news');
  for (const one of damaged(body)) assert.notEqual(why(reader().read(sealed(one), NOW, NOW)), 'news');
});

test('a gateway is heard ten times at once and then twice a second, while others are heard', () => {
  const b = teller('b', 2);
  const reads = reader();
  const heard = (n: number, now: number): number => {
    const all = Array.from({ length: n }, () => why(reads.read(b.tell(NEWS, now, NONCE), now, now)));
    return all.filter((one) => one === 'news').length;
  };
  assert.equal(heard(50, NOW), 10);
  assert.equal(heard(50, NOW + 499), 0);
  assert.equal(heard(50, NOW + 500), 1);
  assert.equal(heard(50, NOW + 1500), 2);
  assert.equal(why(reads.read(told('c', 3), NOW, NOW)), 'news');
  assert.equal(heard(50, NOW + 60_000), 10);
});

test('a gateway that started anew goes on where it was', () => {
  const reads = reader();
  assert.equal(why(reads.read(told('b', 2), NOW, NOW)), 'news');
  assert.equal(why(reads.read(told('b', 2, NOW + 1), NOW + 1, NOW + 1)), 'news');
});

test('after a failover to an engine whose clock is behind, gateways are heard at once', () => {
  const reads = reader();
  const b = teller('b', 2);
  const earlier = NOW - 3_600_000;
  for (let n = 0; n < 10; n += 1) assert.equal(why(reads.read(b.tell(NEWS, NOW, NONCE), NOW, NOW)), 'news');
  const message = b.tell(NEWS, earlier, NONCE);
  assert.equal(why(reads.read(message, earlier, earlier)), 'news');
  assert.equal(why(reads.read(message, earlier, earlier)), 'replayed');
});
