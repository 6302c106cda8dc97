// What threads know together of lines and datagrams: whether proxies carry them, and over which lines nothing comes back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UdpLines } from '../../../src/threads/shared/udp-lines.js';

/** Of a line that has not failed. */
const FINE = { silent_ms: undefined, failed: undefined };

function twoOf() {
  const memory = UdpLines.create();
  const time = { tenths: 1000 };
  const clock = (): number => time.tenths;
  return { one: new UdpLines(memory, clock), other: new UdpLines(memory, clock), time };
}

test('why proxies could not be asked is known to all until they say something', () => {
  const { one, other, time } = twoOf();
  one.setRelays(3, true);
  one.failed(3, 'proxy-unreachable', false);
  time.tenths += 120;
  const { relays, failed } = other.of(3);
  assert.deepEqual([relays, failed], ['yes', { cause: 'proxy-unreachable', was_asked: false, ago_ms: 12_000 }]);
  other.failed(3, 'cancelled', true);
  assert.deepEqual(one.of(3).failed, { cause: 'cancelled', was_asked: true, ago_ms: 0 });
  other.failed(3, 'refused', true);
  assert.equal(one.of(3).failed?.cause, 'refused');
  for (const say of [() => one.setRelays(3, true), () => one.refused(3)]) {
    one.failed(3, 'proxy-protocol', true);
    say();
    assert.equal(other.of(3).failed, undefined);
  }
  one.failed(65_536, 'refused', true);
  assert.equal(one.of(65_536).failed, undefined);
});

test('what a proxy says of datagrams is known to all threads, and a refusal holds for ten minutes', () => {
  const { one, other, time } = twoOf();
  assert.equal(other.relays(3), 'unknown');
  one.setRelays(3, false);
  assert.deepEqual([other.relays(3), other.relays(2), other.relays(4)], ['no', 'unknown', 'unknown']);
  time.tenths += 5999;
  assert.deepEqual(other.of(3), { relays: 'no', asked_ms: 599_900, ...FINE });
  time.tenths += 1;
  assert.deepEqual(other.of(3), { relays: 'unknown', asked_ms: undefined, ...FINE });
  one.setRelays(3, true);
  time.tenths += 100_000;
  assert.equal(other.relays(3), 'yes');
});

test('a refusal that may end holds for a minute', () => {
  const { one, other, time } = twoOf();
  one.refused(3);
  time.tenths += 599;
  assert.deepEqual(other.of(3), { relays: 'no', asked_ms: 59_900, ...FINE });
  time.tenths += 1;
  assert.equal(other.relays(3), 'unknown');
});

test('a line is silent that has lost to three networks, and not one that has lost to one network often', () => {
  const { one, other } = twoOf();
  for (let loss = 0; loss < 100; loss += 1) one.lost(1, 77);
  one.lost(1, 78);
  one.lost(1, 78);
  one.lost(1, 77);
  assert.equal(other.isSilent(1), false);
  other.lost(1, 79);
  assert.deepEqual([one.isSilent(1), one.isSilent(0)], [true, false]);
  assert.equal(one.of(1).silent_ms, 30_000);
});

test('the numbers of networks may be those of IPv6, which do not fit into 32 bits', () => {
  const { one } = twoOf();
  const network = 2 ** 32 + 5;
  for (let loss = 0; loss < 9; loss += 1) one.lost(1, network);
  one.lost(1, -network);
  assert.equal(one.isSilent(1), false);
});

test('whatever comes back over a line clears it of all', () => {
  const { one, other } = twoOf();
  one.lost(1, 1);
  one.lost(1, 2);
  other.answered(1);
  one.lost(1, 3);
  one.lost(1, 4);
  assert.equal(one.isSilent(1), false);
  one.lost(1, 5);
  assert.equal(one.isSilent(1), true);
  other.answered(1);
  assert.equal(one.isSilent(1), false);
  one.lost(1, 6);
  assert.equal(one.isSilent(1), false, 'it begins from the beginning');
});

test('a silent line is tried again, and one loss then is enough for twice the time, up to ten minutes', () => {
  const { one, time } = twoOf();
  for (const network of [1, 2, 3]) one.lost(1, network);
  const times = [one.of(1).silent_ms];
  for (let round = 0; round < 6; round += 1) {
    time.tenths += Math.ceil((one.of(1).silent_ms ?? 0) / 100);
    assert.equal(one.isSilent(1), false);
    one.lost(1, 1);
    // What was lost meanwhile had begun before.
    one.lost(1, 2);
    times.push(one.of(1).silent_ms);
  }
  assert.deepEqual(times, [30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
});

test('losses that are more than a minute apart do not add up', () => {
  const { one, time } = twoOf();
  for (const network of [1, 2, 3, 4, 5]) {
    one.lost(1, network);
    time.tenths += 601;
  }
  assert.equal(one.isSilent(1), false);
});

test('of a line with a number that is too great nothing is known, and nothing breaks', () => {
  const { one } = twoOf();
  one.setRelays(65_536, false);
  for (const network of [1, 2, 3]) one.lost(65_536, network);
  one.answered(65_536);
  assert.deepEqual(one.of(65_536), { relays: 'unknown', asked_ms: undefined, ...FINE });
});

test('the clock of all threads goes on', () => {
  const lines = new UdpLines(UdpLines.create());
  lines.setRelays(0, false);
  const { relays, asked_ms } = lines.of(0);
  assert.equal(relays, 'no');
  assert.ok(asked_ms !== undefined && asked_ms >= 0 && asked_ms < 60_000);
});
