import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNotLetIn } from '../../../../src/main/commands/explain/entry.js';

const LAN = { allow_clients: ['10.0.0.0/8'], users: true };
const LOCAL = { allow_clients: ['127.0.0.0/8', '::1'], users: false };
const NAMES = ['lan', 'local'];
const ALICE = { name: 'alice', tag: undefined };

const says = (ip: readonly number[] | undefined, user: typeof ALICE | undefined, listener: number) =>
  whyNotLetIn({ ip: ip && Uint8Array.from(ip), user, listener }, [LAN, LOCAL], NAMES);

test('a client that a listener lets in brings nothing', () => {
  assert.deepEqual(says([10, 0, 0, 7], ALICE, 0), []);
  assert.deepEqual(says([127, 0, 0, 1], undefined, 1), []);
  assert.deepEqual(says(undefined, ALICE, 0), []);
});

test('an address that may not come, and a client without a user, are told', () => {
  assert.deepEqual(says([8, 8, 8, 8], undefined, 0), [
    'the listener lan closes connections of 8.8.8.8, which is not in its allow_clients',
    'the listener lan refuses a client that names no user: ask for one by --user',
  ]);
  assert.deepEqual(says([8, 8, 8, 8], ALICE, 1), [
    'the listener local closes connections of 8.8.8.8, which is not in its allow_clients',
  ]);
});

test('where nothing is said of the client, only listeners that all want users are told of', () => {
  assert.deepEqual(whyNotLetIn(undefined, [LAN, LOCAL], NAMES), []);
  assert.deepEqual(whyNotLetIn(undefined, [LAN], NAMES), [
    'every listener refuses a client that names no user: ask for one by --user',
  ]);
});
