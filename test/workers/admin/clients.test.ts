// Which connections keep their places when there are too many.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Clients } from '../../../src/workers/admin/clients.js';

class FakeSocket extends EventEmitter {
  readonly remoteAddress: string | undefined;
  isDestroyed = false;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

/** `count` clients of an address that come one behind the other, and how many of them were admitted. */
function come(clients: Clients<FakeSocket>, address: string | undefined, count: number, isBusy = false) {
  const sockets = Array.from({ length: count }, () => new FakeSocket(address));
  let admitted = 0;
  for (const socket of sockets) {
    if (!clients.admit(socket)) continue;
    admitted += 1;
    if (isBusy) clients.begin(socket);
  }
  return { sockets, admitted, open: () => sockets.filter(({ isDestroyed }) => !isDestroyed).length };
}

test('a network has at most a quarter of the places, this machine three quarters, and a Unix socket all', () => {
  const most = (address: string | undefined): number => come(new Clients(64), address, 100, true).admitted;
  assert.deepEqual(['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '127.0.0.1', '::1', undefined].map(most), [
    ...[16, 16, 16, 48, 48, 64],
  ]);
  const clients = new Clients<FakeSocket>(64);
  // One customer of IPv6 has a /64, and an IPv4 address may be written in two ways.
  come(clients, '2001:db8::1', 16, true);
  come(clients, '192.0.2.1', 16, true);
  assert.equal(come(clients, '2001:db8::2:3', 1).admitted, 0);
  assert.equal(come(clients, '::ffff:192.0.2.1', 1).admitted, 0);
  assert.equal(come(clients, '2001:db8:0:1::1', 1).admitted, 1);
});

test('whatever one network does, others and this machine come in', () => {
  const clients = new Clients<FakeSocket>(64);
  come(clients, '192.0.2.1', 100, true);
  assert.deepEqual(
    [come(clients, '127.0.0.1', 40, true).admitted, come(clients, '192.0.2.2', 8, true).admitted],
    [40, 8],
  );
});

test('the connection that rests the longest gives its place to a newer one of its network', () => {
  const clients = new Clients<FakeSocket>(16);
  const { sockets } = come(clients, '192.0.2.1', 4);
  const [first, second, third, fourth] = sockets as [FakeSocket, FakeSocket, FakeSocket, FakeSocket];
  // The first one was asking until now; the second one is.
  clients.begin(first);
  clients.end(first);
  clients.begin(second);
  const gone = (): boolean[] => [first, second, third, fourth].map(({ isDestroyed }) => isDestroyed);
  const next = come(clients, '192.0.2.1', 2, true);
  assert.deepEqual([next.admitted, gone()], [2, [false, false, true, true]]);
  assert.equal(come(clients, '192.0.2.1', 1, true).admitted, 1);
  assert.deepEqual(gone(), [true, false, true, true]);
  assert.equal(come(clients, '192.0.2.1', 1).admitted, 0);
  assert.equal(clients.begin(first), 0, 'it has no place');
});

test('where all places are taken, the network with the most connections gives one', () => {
  const clients = new Clients<FakeSocket>(16);
  const few = come(clients, '192.0.2.9', 2);
  const many = [1, 2, 3].map((one) => come(clients, `192.0.2.${one}`, 4));
  const last = come(clients, '192.0.2.10', 2);
  assert.equal(last.admitted, 2);
  assert.equal(come(clients, '192.0.2.11', 3).admitted, 3);
  assert.deepEqual([few.open(), last.open(), many.map(({ open }) => open())], [2, 2, [3, 3, 3]]);
  assert.equal([...clients].length, 16);
  for (const socket of [...clients]) clients.begin(socket);
  assert.equal(come(clients, '192.0.2.12', 1).admitted, 0);
});
