import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Slot, slotOf } from '../../../src/protocol/share/keys.js';
import { lineId } from '../../../src/protocol/share/line-ids.js';
import {
  MUTE_MAX,
  openRoute,
  ROUTE_VALUE_MAX,
  type SharedRoute,
  sealRoute,
} from '../../../src/protocol/share/route-value.js';
import { seal, unseal } from '../../../src/protocol/share/seal.js';
import { cut, damaged, NONCE, OTHERS, SECRETS } from './site.js';

const KEY = 'tr1:{main}:r:0:abc';
const TTL_S = 600;
const ROUTE: SharedRoute = {
  gateway: 'b',
  line: lineId(SECRETS, 'fibre'),
  ip: Uint8Array.of(192, 0, 2, 1),
  connect_ms: 12,
  first_byte_ms: 40,
  mute: [lineId(SECRETS, 'lte')],
};
const SLOT = slotOf('b');
const sealed = (route: SharedRoute, ttl_s = TTL_S): Buffer => sealRoute(SECRETS, KEY, route, ttl_s, NONCE);
const open = (bytes: Uint8Array, left_ms = TTL_S * 1000, slot: Slot = SLOT) =>
  openRoute(SECRETS, KEY, slot, bytes, left_ms);
/** A value with this plain content. */
const forged = (change: (plain: Buffer) => Uint8Array): Buffer =>
  seal(SECRETS, KEY, change(unseal(SECRETS, KEY, sealed(ROUTE)) ?? Buffer.alloc(0)), NONCE);

test('a route is read as it was written, and is as old as the engine says', () => {
  assert.deepEqual(open(sealed(ROUTE)), { route: ROUTE, age_ms: 0 });
  assert.deepEqual(open(sealed(ROUTE), 588_000), { route: ROUTE, age_ms: 12_000 });
  assert.equal(open(sealed(ROUTE), 1)?.age_ms, 599_999);
});

test('every route is read as it was written, and none is larger than 200 octets', () => {
  const line = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((id) => Buffer.from(id).toString('base64url'));
  const time = fc.integer({ min: 0, max: 65_535 });
  const ip = fc.oneof(
    fc.constant(undefined),
    ...[4, 16].map((length) => fc.uint8Array({ minLength: length, maxLength: length })),
  );
  const gateway = fc.stringMatching(/^[a-z0-9._-]{1,32}$/);
  const mute = fc.array(line, { maxLength: MUTE_MAX });
  const fields = { gateway, line, ip, connect_ms: time, first_byte_ms: time, mute };
  const route = fc.record(fields, { noNullPrototype: true });
  fc.assert(
    fc.property(route, (one) => {
      const bytes = sealed(one);
      assert.ok(bytes.length <= ROUTE_VALUE_MAX);
      assert.deepEqual(open(bytes, TTL_S * 1000, slotOf(one.gateway))?.route, one);
    }),
    { numRuns: 200 },
  );
  assert.ok(ROUTE_VALUE_MAX <= 200);
});

test('times are whole milliseconds within bounds, and of mute lines the first eight are told', () => {
  const mute = Array.from({ length: 9 }, (_, n) => lineId(SECRETS, `${n}`));
  const { route } = open(sealed({ ...ROUTE, connect_ms: 0.2, first_byte_ms: 70_000, mute })) ?? {};
  assert.equal(route?.connect_ms, 1);
  assert.equal(route?.first_byte_ms, 65_535);
  assert.deepEqual(route?.mute, mute.slice(0, 8));
});

test('a value that was changed anywhere, cut, or is of others is no route', () => {
  for (const wrong of [...damaged(sealed(ROUTE)), ...cut(sealed(ROUTE))]) assert.equal(open(wrong), undefined);
  assert.equal(open(sealRoute(OTHERS, KEY, ROUTE, TTL_S, NONCE)), undefined);
  assert.equal(open(sealRoute(SECRETS, 'tr1:{main}:r:1:abc', ROUTE, TTL_S, NONCE)), undefined);
});

test('a gateway is heard in its own slot only', () => {
  for (const slot of [0, 1, 2] as const) {
    assert.equal(open(sealed(ROUTE), 1000, slot) !== undefined, slot === SLOT);
  }
});

test('a value without an end, or with more time than it has, is no route', () => {
  for (const left_ms of [-2, -1, 0, TTL_S * 1000 + 1]) assert.equal(open(sealed(ROUTE), left_ms), undefined);
});

test('well sealed nonsense of a gateway with the secret is no route', () => {
  assert.notEqual(open(forged((plain) => plain)), undefined);
  assert.equal(open(forged((plain) => Buffer.concat([Buffer.of(2), plain.subarray(1)]))), undefined);
  assert.equal(open(forged((plain) => Buffer.concat([plain, Buffer.of(0)]))), undefined);
  assert.equal(open(forged(() => Buffer.alloc(200))), undefined);
  for (let length = 0; length < 30; length += 1) {
    assert.equal(open(forged((plain) => plain.subarray(0, length))), undefined);
  }
  assert.equal(open(sealed({ ...ROUTE, gateway: 'B' }), 1000, slotOf('B')), undefined);
  assert.equal(open(sealed({ ...ROUTE, ip: Uint8Array.of(1, 2, 3) })), undefined);
});

test('any sealed bytes are a route or none, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 140 }), (bytes) => {
      open(seal(SECRETS, KEY, Buffer.concat([Buffer.of(1), bytes]), NONCE));
    }),
    { numRuns: 300 },
  );
});
