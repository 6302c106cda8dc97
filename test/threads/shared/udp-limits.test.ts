// What all connection actors may have together of associations, flows and descriptors of ways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shares } from '../../../src/threads/shared/shares.js';
import { UdpLimits } from '../../../src/threads/shared/udp-limits.js';
import { newUdpMemory } from '../../../src/threads/shared/udp-memory.js';
import { UdpUse, Used } from '../../../src/threads/shared/udp-use.js';

const OPTIONS = { associations_max: 3, client_associations_max: 2, flows_max: 5, way_fds_max: 6 };
const CLIENT = Uint8Array.of(192, 0, 2, 1);

function actors() {
  const memory = newUdpMemory(8, 64, 2, 1);
  const shares = new Shares(memory.shares);
  const use = [0, 1].map((actor) => new UdpUse(memory.use, actor)) as [UdpUse, UdpUse];
  const [one, other] = use.map((own) => new UdpLimits(OPTIONS, own, shares)) as [UdpLimits, UdpLimits];
  return { one, other, use, shares };
}

test('associations of all actors count together, and those of a network wherever they are', () => {
  const { one, other, use, shares } = actors();
  assert.deepEqual([one.begin(1, CLIENT), other.begin(2, CLIENT)], [undefined, undefined]);
  assert.equal(one.begin(3, CLIENT), 'client');
  assert.equal(use[0].total(Used.associations), 2, 'what is refused does not count');
  assert.equal(other.begin(4, undefined), undefined, 'clients of Unix sockets are one network');
  assert.equal(one.begin(5, Uint8Array.of(192, 0, 2, 2)), 'gateway');
  other.ended();
  shares.closing(2);
  assert.equal(one.begin(3, CLIENT), undefined);
});

test('the networks of IPv6 clients are their /64', () => {
  const { one } = actors();
  const client = (last: number): Uint8Array => Uint8Array.of(0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, last);
  assert.deepEqual([one.begin(1, client(1)), one.begin(2, client(2)), one.begin(3, client(3))].at(-1), 'client');
});

test('flows, and the descriptors of ways, have a bound for all', () => {
  const { one, other } = actors();
  assert.deepEqual(
    [one, other, one, other, one, other].map((limits) => limits.openFlow()),
    [true, true, true, true, true, false],
  );
  one.flowsEnded(2);
  assert.equal(other.openFlow(), true);
  assert.deepEqual([one.openWay(4), other.openWay(3), other.openWay(2)], [true, false, true]);
  one.wayClosed(4);
  assert.equal(other.openWay(3), true);
});

test('what a dead actor had is given back, and only that', () => {
  const { one, other, use } = actors();
  one.begin(1, CLIENT);
  one.openFlow();
  one.openWay(2);
  other.openFlow();
  use[0].clear();
  use[0].clear();
  assert.deepEqual(
    Object.values(Used).map((what) => use[1].total(what)),
    [0, 1, 0],
  );
});
