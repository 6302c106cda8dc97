import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayKey } from '../../../src/protocol/share/keys.js';
import {
  countsOf,
  openPresence,
  PRESENCE_EACH_MS,
  PRESENCE_MS,
  type Presence,
  sealPresence,
} from '../../../src/protocol/share/presence.js';
import { seal } from '../../../src/protocol/share/seal.js';
import { cut, damaged, NONCE, OTHERS, SECRETS } from './site.js';

const KEY = gatewayKey('main', 'b');
const PRESENCE: Presence = {
  gateway: 'b',
  version: '0.1.0',
  uptime_s: 3600,
  open: 12,
  lines: 3,
  lines_up: 2,
  counts: countsOf((name) => name.length),
};
const open = (bytes: Uint8Array): Presence | undefined => openPresence(SECRETS, KEY, 'b', bytes);
const forged = (value: unknown): Buffer => seal(SECRETS, KEY, Buffer.from(JSON.stringify(value)), NONCE);

test('what a gateway says of itself is read as it was written', () => {
  assert.deepEqual(open(sealPresence(SECRETS, KEY, PRESENCE, NONCE)), PRESENCE);
});

test('a gateway is still there after two renewals that were lost', () => {
  assert.ok(PRESENCE_MS >= 3 * PRESENCE_EACH_MS);
});

test('counts that a gateway does not have, or that are none, are 0, and further ones are left out', () => {
  const counts = { hints_told: 7, hints_useful: -1, news_told: 'x', later: 1 };
  const read = open(forged({ gateway: 'b', version: '9', uptime_s: 1.5, open: null, later: {}, counts }));
  assert.deepEqual(read, {
    ...{ gateway: 'b', version: '9', uptime_s: 0, open: 0, lines: 0, lines_up: 0 },
    counts: countsOf((name) => (name === 'hints_told' ? 7 : 0)),
  });
  assert.deepEqual(
    open(forged({ gateway: 'b', version: '9', counts: [] }))?.counts,
    countsOf(() => 0),
  );
});

test('what is damaged, of others, of another gateway or nonsense is not read', () => {
  const sealed = sealPresence(SECRETS, KEY, PRESENCE, NONCE);
  for (const wrong of [...damaged(sealed), ...cut(sealed)]) assert.equal(open(wrong), undefined);
  assert.equal(open(sealPresence(OTHERS, KEY, PRESENCE, NONCE)), undefined);
  assert.equal(open(sealPresence(SECRETS, gatewayKey('main', 'c'), PRESENCE, NONCE)), undefined);
  assert.equal(open(sealPresence(SECRETS, KEY, { ...PRESENCE, gateway: 'c' }, NONCE)), undefined);
  assert.equal(open(seal(SECRETS, KEY, Buffer.from('{'), NONCE)), undefined);
  for (const value of [null, 1, 'b', [], {}, { gateway: 'b' }, { gateway: 'b', version: 'x'.repeat(65) }]) {
    assert.equal(open(forged(value)), undefined);
  }
  assert.equal(open(forged({ ...PRESENCE, further: 'x'.repeat(2048) })), undefined);
});
