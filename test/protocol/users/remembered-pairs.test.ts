// Pairs are compared by digests, configured users become those that are judged by, and what is remembered of a user is forgotten
// when the entry changes.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { judgedUsers, knownUsers } from '../../../src/protocol/users/judged-users.js';
import { PairDigest } from '../../../src/protocol/users/pair-digest.js';
import { RememberedPairs } from '../../../src/protocol/users/remembered-pairs.js';

const KEY = new Uint8Array(32).fill(7);
const digest = new PairDigest(KEY);
const PHC = '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E';
const user = (name: string, mark = 'first') => ({ name, mark, lines: undefined });

test('a digest is HMAC-SHA-256, and differs by the key, the parts and where they come from', () => {
  const expected = createHmac('sha256', KEY).update('5 3 alicekey').digest('binary');
  assert.equal(digest.of('alice', 'key'), expected);
  const where = Uint8Array.of(192, 0, 2, 1);
  const all = [
    ...[expected, new PairDigest(KEY.map(() => 8)).of('alice', 'key'), digest.of('alic', 'ekey')],
    ...[digest.of('alicek', 'ey'), digest.of('alice', 'key', where), digest.of('alice', 'key', where.subarray(1))],
    ...[digest.of('alice', `key${String.fromCharCode(...where)}`), digest.of('Alice', 'key')],
  ];
  assert.equal(new Set(all).size, all.length);
});

test('a configured password is compared by its digest, a hash is read, and neither reaches a connection actor', () => {
  const users = judgedUsers(
    [
      { name: 'alice', password: 'secret', lines: [1], limits: { connections_max: 3, rate: undefined } },
      { name: 'bob', password: PHC, lines: undefined },
    ],
    digest,
  );
  assert.equal(users[0]?.mark, digest.of('alice', 'secret'));
  assert.deepEqual([users[0]?.hash, users[1]?.hash?.ln], [undefined, 16]);
  assert.deepEqual(knownUsers(users), [
    {
      ...{ name: 'alice', mark: digest.of('alice', 'secret'), lines: [1] },
      limits: { connections_max: 3, rate: undefined },
    },
    { name: 'bob', mark: digest.of('bob', PHC), lines: undefined, limits: undefined },
  ]);
});

test('a pair is remembered until the entry of its user changes', () => {
  const pairs = new RememberedPairs(10);
  pairs.set([user('alice'), user('bob')]);
  pairs.remember('a', 'alice', 'first');
  pairs.remember('b', 'bob', 'first');
  pairs.remember('c', 'carol', 'first');
  pairs.remember('d', 'alice', 'second');
  assert.deepEqual(
    ['a', 'b', 'c', 'd'].map((one) => pairs.find(one)?.name),
    ['alice', 'bob', undefined, undefined],
  );
  const lines = [3];
  pairs.set([user('alice', 'second'), { ...user('bob'), lines }]);
  assert.equal(pairs.find('a'), undefined);
  assert.equal(pairs.find('b')?.lines, lines);
  pairs.set([user('alice', 'first')]);
  assert.deepEqual([pairs.find('a'), pairs.find('b')], [undefined, undefined]);
  assert.deepEqual([pairs.userOf('alice')?.mark, pairs.userOf('bob')], ['first', undefined]);
});

test('of more pairs than fit, that which was used longest ago is forgotten, also after a change of users', () => {
  const pairs = new RememberedPairs(2);
  pairs.set([user('alice')]);
  for (const one of ['a', 'b']) pairs.remember(one, 'alice', 'first');
  pairs.find('a');
  pairs.set([user('alice')]);
  pairs.remember('c', 'alice', 'first');
  assert.deepEqual(
    ['a', 'b', 'c'].map((one) => pairs.find(one)?.name),
    ['alice', undefined, 'alice'],
  );
});
