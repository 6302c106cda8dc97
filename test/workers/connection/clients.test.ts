import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clients } from '../../../src/workers/connection/clients.js';

const HERE = Uint8Array.of(127, 0, 0, 1);
const FAR = Uint8Array.of(192, 0, 2, 1);
const USER = { name: 'alice', tag: 'work' };

/** The first connection has an address; the others have none, the last of a Unix socket. */
const records = {
  clientIp: (slot: number) => (slot === 0 ? HERE : undefined),
  listenerOf: (slot: number) => slot,
};
const TCP = { endpoint: { ip: HERE, port: 1080 } };
const LISTENERS = [TCP, TCP, { endpoint: undefined }];

test('a client is what its record and its user say', () => {
  const clients = new Clients(records, LISTENERS, 2);
  assert.deepEqual(clients.of(0, USER), { ip: HERE, user: USER, listener: 0 });
});

test('a TCP client whose address is not known is no client of a Unix socket', () => {
  const clients = new Clients(records, LISTENERS, 2);
  assert.deepEqual(clients.of(1, undefined), { ip: new Uint8Array(4), user: undefined, listener: 1 });
  assert.deepEqual(clients.of(2, USER), { ip: undefined, user: USER, listener: 2 });
});

test('for explain everybody is taken for one client', () => {
  const clients = new Clients(records, LISTENERS, 2);
  assert.deepEqual(clients.usual, { ip: HERE, user: undefined, listener: 2 });
  const far = { ip: FAR, user: USER, listener: 3 };
  assert.equal(clients.usualLines, undefined);
  clients.takeAllFor(far, [1, 2]);
  assert.deepEqual(clients.usualLines, [1, 2]);
  assert.deepEqual([clients.of(0, undefined), clients.of(1, USER), clients.usual], [far, far, far]);
});
