// Client networks and their slots: found again, forgotten when nothing is known of them, and compared with a plain Map.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientTable } from '../../../src/main/accept/client-table.js';
import { parseIp } from '../../../src/protocol/address/address.js';
import { ClientShares } from '../../../src/threads/shared/client-shares.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const FDS_MAX = 4096;

function tableOf(slots: number, rate?: { per_s: number; burst: number }) {
  const shares = new ClientShares(ClientShares.create(slots, FDS_MAX));
  return { shares, table: new ClientTable(slots, shares, rate, 42) };
}

test('an IPv4 address and the /64 of an IPv6 address are one network each, and Unix clients are one', () => {
  const { table, shares } = tableOf(64);
  const slots = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8:0:1::1', 'c000:201::1'].map((text, fd) => {
    const slot = table.slotOf(ip(text), 1);
    shares.came(fd, slot);
    return slot;
  });
  assert.equal(new Set(slots).size, 5);
  assert.equal(table.slotOf(ip('192.0.2.1'), 2), slots[0]);
  assert.equal(table.slotOf(ip('2001:db8::ffff:1'), 2), slots[2]);
  assert.equal(table.slotOf(undefined, 2), table.slotOf(undefined, 3));
});

test('a network without connections is forgotten for a new one, one with connections is not', () => {
  const { table, shares } = tableOf(4);
  const stays = table.slotOf(ip('10.0.0.1'), 0);
  shares.came(1, stays);
  for (let other = 0; other < 1000; other += 1) {
    assert.ok(table.slotOf(ip(`10.1.${other >> 8}.${other & 255}`), other) >= 0);
  }
  assert.equal(table.slotOf(ip('10.0.0.1'), 1000), stays);
});

test('when every network has connections, there is no slot for one more', () => {
  const { table, shares } = tableOf(3);
  for (const fd of [1, 2, 3]) shares.came(fd, table.slotOf(ip(`10.0.0.${fd}`), 1));
  assert.equal(table.slotOf(ip('10.0.0.4'), 1), -1);
  shares.closing(2);
  assert.ok(table.slotOf(ip('10.0.0.4'), 1) >= 0);
});

test('tokens come back with time, and a network that has spent some is not forgotten', () => {
  const { table } = tableOf(8, { per_s: 10, burst: 20 });
  const slot = table.slotOf(ip('10.0.0.1'), 1);
  const taken = (now: number): number => {
    let count = 0;
    while (table.take(slot, now)) count += 1;
    return count;
  };
  assert.deepEqual([taken(1), taken(50), taken(151), taken(1151)], [20, 0, 1, 10]);
  for (let other = 0; other < 100; other += 1) table.slotOf(ip(`10.1.0.${other}`), 1152);
  assert.equal(table.slotOf(ip('10.0.0.1'), 1152), slot);
  assert.deepEqual([taken(1152), taken(60_000)], [0, 20]);
});

test('whatever comes and goes, live networks keep their slots, and no two have one', () => {
  const step = fc.record({ network: fc.integer({ min: 0, max: 40 }), comes: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const { table, shares } = tableOf(16);
      const live = new Map<number, { slot: number; fds: number[] }>();
      let fd = 0;
      for (const [now, { network, comes }] of steps.entries()) {
        const known = live.get(network);
        if (comes) {
          const slot = table.slotOf(ip(`10.0.0.${network}`), now + 1);
          if (known !== undefined) assert.equal(slot, known.slot);
          if (slot < 0) {
            assert.equal(live.size, 16);
            continue;
          }
          for (const [other, { slot: taken }] of live) if (other !== network) assert.notEqual(slot, taken);
          fd += 1;
          shares.came(fd, slot);
          live.set(network, { slot, fds: [...(known?.fds ?? []), fd] });
        } else if (known !== undefined) {
          shares.closing(known.fds.pop() as number);
          if (known.fds.length === 0) live.delete(network);
        }
      }
      for (const { slot, fds } of live.values()) assert.equal(shares.live(slot), fds.length);
    }),
  );
});
