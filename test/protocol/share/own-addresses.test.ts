// What this gateway says to the others of addresses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { News } from '../../../src/protocol/share/news.js';
import { OwnAddresses } from '../../../src/protocol/share/own-addresses.js';
import { Blacklist } from '../../../src/protocol/trust/blacklist.js';
import type { BadAddressChange, Verdict } from '../../../src/protocol/trust/evidence.js';

const MINUTE_MS = 60_000;
const ADDRESS = '192.0.2.7';
const BYTES = Uint8Array.of(192, 0, 2, 7);

const verdict = (of: Partial<Verdict>): Verdict => ({
  ...{ everywhere: false, names: [], servers: [], last: [], expires: 30 * MINUTE_MS },
  ...of,
});
const change = (of: Partial<Verdict> | undefined, address = ADDRESS): BadAddressChange => ({
  address,
  verdict: of && verdict(of),
});
const bad = (name: string, of: Partial<Extract<News, { kind: 'bad-address' }>> = {}): News => ({
  ...{ kind: 'bad-address', address: BYTES, name, how: 'injection', for_s: 600 },
  ...of,
});
const GOOD: News = { kind: 'good-address', address: BYTES };

test('what was found here is told once, and again every five minutes while it holds', () => {
  const own = new OwnAddresses();
  own.changed([change({ names: ['a.org'], last: ['b.org'] })], true, 0);
  assert.deepEqual(own.due(8, 0), [bad('b.org', { how: 'outcome' }), bad('a.org')]);
  assert.deepEqual(own.due(8, 5 * MINUTE_MS - 1), []);
  assert.equal(own.due(8, 5 * MINUTE_MS).length, 2);
  assert.deepEqual(own.due(8, 25 * MINUTE_MS), [
    bad('b.org', { how: 'outcome', for_s: 300 }),
    bad('a.org', { for_s: 300 }),
  ]);
  assert.deepEqual(own.due(8, 30 * MINUTE_MS), []);
});

test('what an operator or other gateways say is not said on', () => {
  const own = new OwnAddresses();
  own.changed([change({ names: ['a.org', 'b.org'], said: ['b.org'], told: ['c.org'] })], true, 0);
  assert.deepEqual(own.due(8, 0), [bad('a.org')]);
});

test('a blacklist that has only heard of others, and of an operator, gives nothing to be told', () => {
  const list = new Blacklist({ fixed: [], rebindAllow: [], trusted: [], addresses_max: 100, ttl_ms: MINUTE_MS });
  list.gateways = 3;
  for (const gateway of ['b', 'c', 'd'])
    list.heard({ gateway, address: ADDRESS, name: 'a.org', suspects: false, for_ms: MINUTE_MS }, 0);
  list.heard({ gateway: 'b', address: ADDRESS, name: 'b.org', suspects: false, for_ms: MINUTE_MS }, 0);
  list.say(ADDRESS, 'c.org', Number.POSITIVE_INFINITY, 0);
  const own = new OwnAddresses();
  own.changed(list.changes(), true, 0);
  assert.deepEqual(own.due(8, 0), []);
});

test('what holds no longer is taken back, and what still holds of the address is told again', () => {
  const own = new OwnAddresses();
  own.changed([change({ names: ['a.org'], last: ['b.org'] })], true, 0);
  own.due(8, 0);
  own.changed([change({ last: ['b.org'] })], false, 1000);
  assert.deepEqual(own.due(8, 1000), [GOOD, bad('b.org', { how: 'outcome' })]);
  own.changed([change(undefined)], false, 2000);
  assert.deepEqual(own.due(8, 2000), [GOOD]);
});

test('what has not been told, or is over by itself, is not taken back', () => {
  const own = new OwnAddresses();
  own.changed([change({ names: ['a.org'] })], true, 0);
  own.changed([change(undefined)], false, 0);
  assert.deepEqual(own.due(8, 0), []);
  own.changed([change({ names: ['a.org'], expires: MINUTE_MS })], false, 0);
  own.due(8, 0);
  own.changed([change(undefined)], false, MINUTE_MS);
  assert.deepEqual(own.due(8, MINUTE_MS), []);
});

test('what another DNS actor does not know is taken back', () => {
  const own = new OwnAddresses();
  own.changed([change({ names: ['a.org'] }), change({ names: ['a.org'] }, '192.0.2.8')], true, 0);
  own.due(8, 0);
  own.changed([change({ names: ['a.org'] }, '192.0.2.8')], true, 1);
  assert.deepEqual(own.due(8, 1), [GOOD]);
});

test('what changes its kind is told again', () => {
  const own = new OwnAddresses();
  own.changed([change({ last: ['a.org'] })], true, 0);
  own.due(8, 0);
  own.changed([change({ names: ['a.org'] })], false, 1);
  assert.deepEqual(own.due(8, 1), [bad('a.org')]);
});

test('no more is given at once than is asked for, and what did not come out is told again', () => {
  const own = new OwnAddresses();
  own.changed([change({ names: ['a.org', 'b.org', 'c.org'] })], true, 0);
  assert.deepEqual(
    [own.due(2, 0), own.due(2, 0), own.due(2, 0)].map(({ length }) => length),
    [2, 1, 0],
  );
  own.unsaid();
  assert.equal(own.due(8, 1).length, 3);
});

test('of many addresses the last ones are kept', () => {
  const own = new OwnAddresses();
  const many = Array.from({ length: 1000 }, (_, n) => change({ names: ['a.org'] }, `10.0.${n >> 8}.${n & 255}`));
  own.changed(many, true, 0);
  const told = own.due(2000, 0);
  assert.equal(told.length, 256);
  assert.deepEqual(told.at(-1), bad('a.org', { address: Uint8Array.of(10, 0, 3, 231) }));
});
