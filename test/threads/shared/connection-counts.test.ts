import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LISTENERS_MAX } from '../../../src/protocol/listen-options.js';
import { ENDINGS, HANDSHAKE_ENDINGS } from '../../../src/protocol/race/ending.js';
import { ConnectionCounts } from '../../../src/threads/shared/connection-counts.js';

const counts = (): ConnectionCounts => new ConnectionCounts(ConnectionCounts.create());

test('connections are counted by listener and by how they end', () => {
  const [one, other] = [counts(), counts()];
  for (const listener of [0, 0, LISTENERS_MAX - 1]) one.opened(listener);
  other.opened(0);
  one.ended(0, 'complete');
  one.ended(LISTENERS_MAX - 1, 'cut');
  other.ended(0, 'complete');
  const { opened, ended } = ConnectionCounts.ofListener([one, other], 0);
  assert.deepEqual([opened, ended.complete, ended.cut, Object.keys(ended)], [3, 2, 0, [...ENDINGS]]);
  const last = ConnectionCounts.ofListener([one, other], LISTENERS_MAX - 1);
  assert.deepEqual([last.opened, last.ended.cut], [1, 1]);
  assert.equal(ConnectionCounts.ofListener([one, other], 1).opened, 0);
});

test('the connections of a dead actor are cut, each at its listener', () => {
  const actor = counts();
  for (const listener of [1, 1, 1, 2]) actor.opened(listener);
  actor.ended(1, 'idle');
  actor.cutAll();
  actor.cutAll();
  const cut = [0, 1, 2].map((listener) => ConnectionCounts.ofListener([actor], listener).ended.cut);
  assert.deepEqual(cut, [0, 2, 1]);
});

test('failed handshakes are counted by what was spoken and how they ended, and in nothing else', () => {
  const [one, other] = [counts(), counts()];
  one.handshakeFailed('socks5', 'denied');
  other.handshakeFailed('socks5', 'denied');
  other.handshakeFailed('unknown', HANDSHAKE_ENDINGS.at(-1) ?? 'denied');
  assert.deepEqual(ConnectionCounts.handshakes([one, other]), [
    { spoken: 'socks5', how: 'denied', count: 2 },
    { spoken: 'unknown', how: 'handshake-timeout', count: 1 },
  ]);
  assert.equal(ConnectionCounts.causes([one, other]).size, 0);
  assert.equal(ConnectionCounts.ofListener([one, other], LISTENERS_MAX - 1).ended.cut, 0);
});

test('replies of failure are counted by cause', () => {
  const [one, other] = [counts(), counts()];
  one.failed('cancelled');
  one.failed('refused');
  other.failed('refused');
  assert.deepEqual(
    [...ConnectionCounts.causes([one, other])],
    [
      ['cancelled', 1],
      ['refused', 2],
    ],
  );
  assert.deepEqual(ConnectionCounts.handshakes([one, other]), []);
});
