// What all connection actors may have together of associations, flows and descriptors of ways.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Shares } from '../../../src/threads/shared/shares.js';
import { UdpLimits } from '../../../src/threads/shared/udp-limits.js';
import { newUdpMemory } from '../../../src/threads/shared/udp-memory.js';
import { UdpUse, Used } from '../../../src/threads/shared/udp-use.js';

const OPTIONS = { associations_max: 3, client_associations_max: 2, flows_max: 5, way_fds_max: 6 };
const CLIENT = Uint8Array.of(192, 0, 2, 1);

function actors(options = OPTIONS, areShared = false) {
  const memory = newUdpMemory(64, 512, 2, 1);
  const shares = new Shares(memory.shares);
  const use = [0, 1].map((actor) => new UdpUse(memory.use, actor)) as [UdpUse, UdpUse];
  const [one, other] = use.map((own) => new UdpLimits(options, own, shares, areShared)) as [UdpLimits, UdpLimits];
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
    [one, other, one, other, one, other].map((limits) => limits.openFlow(1)),
    [undefined, undefined, undefined, undefined, undefined, 'gateway'],
  );
  one.flowEnded(1);
  one.flowEnded(1);
  assert.equal(other.openFlow(1), undefined);
  assert.deepEqual([one.openWay(1, 4), other.openWay(2, 3), other.openWay(2, 2)], [true, false, true]);
  one.wayClosed(1, 4);
  assert.equal(other.openWay(2, 3), true);
});

test('what a dead actor had is given back, and only that', () => {
  const { one, other, use } = actors();
  one.begin(1, CLIENT);
  one.openFlow(1);
  one.openWay(1, 2);
  other.openFlow(2);
  use[0].clear();
  use[0].clear();
  assert.deepEqual(
    Object.values(Used).map((what) => use[1].total(what)),
    [0, 1, 0],
  );
});

const MANY = { ...OPTIONS, associations_max: 100, client_associations_max: 1000, flows_max: 1000 };
const network = (last: number): Uint8Array => Uint8Array.of(192, 0, 2, last);

/** Opens as many flows as there may be, for the control connections on these fds in turn. */
function fill(limits: UdpLimits, ...fds: number[]): void {
  let failed = 0;
  for (let i = 0; failed < fds.length; i += 1)
    failed = limits.openFlow(fds[i % fds.length]) === undefined ? 0 : failed + 1;
}

test('a client network leaves a fifth of the flows to others, whatever it has of associations and actors', () => {
  const { one, other, use, shares } = actors(MANY);
  for (let fd = 1; fd <= 4; fd += 1) (fd % 2 ? one : other).begin(fd, CLIENT);
  fill(one, 1, 3);
  assert.equal(other.openFlow(2), undefined, 'an association may have some in any case');
  fill(other, 2, 4);
  const taken = use[0].total(Used.flows);
  assert.ok(taken >= 800 && taken <= 800 + 2 * 8, `${taken}`);
  assert.equal(one.openFlow(1), 'share');
  assert.equal(one.openFlow(1, true), undefined, 'in place of its own');
  one.flowEnded(1);
  other.begin(5, network(2));
  fill(other, 5);
  assert.ok(use[0].total(Used.flows) - taken > 100, 'another has its share of what is free');
  assert.ok(use[0].total(Used.flows) < 1000);
  // The first client goes: its associations end their flows, or their actor dies.
  for (const fd of [1, 2, 3, 4]) shares.closing(fd);
  use[0].clear();
  assert.equal(other.openFlow(5), undefined, 'then there is room again');
  one.begin(6, CLIENT);
  for (let flow = 0; flow < 9; flow += 1) assert.equal(one.openFlow(6), undefined);
});

test('what an association held of its network is given back when its fd is closed', () => {
  const { one, shares } = actors({ ...MANY, flows_max: 100 });
  one.begin(1, CLIENT);
  fill(one, 1);
  assert.equal(shares.heldBy(shares.holderOf(1), 0), 80);
  one.begin(2, CLIENT);
  const slot = shares.holderOf(2);
  shares.closing(1);
  assert.deepEqual([shares.heldBy(slot, 0), shares.heldOn(1, 0)], [0, 0]);
});

test('where others may come, a client network leaves some of the associations to them', () => {
  const { one, use } = actors(MANY, true);
  const begun: unknown[] = [];
  for (let fd = 1; fd <= 90; fd += 1) begun.push(one.begin(fd, CLIENT));
  assert.deepEqual([begun.indexOf('share'), use[0].total(Used.associations)], [80, 80]);
  assert.match(one.why('share'), /more than its share of the associations/);
  assert.equal(one.begin(100, network(2)), undefined);
  const { one: alone } = actors(MANY);
  for (let fd = 1; fd <= 100; fd += 1) assert.equal(alone.begin(fd, CLIENT), undefined);
});

test('a client network leaves a part of the descriptors of ways to others, and each of its associations has two', () => {
  const { one, shares } = actors({ ...MANY, way_fds_max: 50 });
  for (let fd = 1; fd <= 4; fd += 1) one.begin(fd, CLIENT);
  let opened = 0;
  while (one.openWay(1, 3)) opened += 3;
  assert.equal(opened, 42);
  assert.deepEqual([one.openWay(2, 2), one.openWay(2, 1), one.openWay(3, 3)], [true, false, false]);
  one.begin(9, network(2));
  assert.equal(one.openWay(9, 3), true);
  one.wayClosed(1, 3);
  shares.closing(1);
  assert.equal(shares.heldBy(shares.holderOf(2), 1), 2);
});
