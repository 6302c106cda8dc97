import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from '../../../../src/protocol/address/address.js';
import { networkNumber } from '../../../../src/protocol/address/network-number.js';
import { LineDoubt, WHOLE_LINE } from '../../../../src/protocol/lines/health/doubt.js';

const network = (text: string): number => networkNumber(parseIp(text) as Uint8Array);

test('a network is a /24 or a /48, never 0, and the same for an IPv4 address in either form', () => {
  assert.equal(network('192.0.2.1'), network('192.0.2.254'));
  assert.equal(network('192.0.2.1'), network('::ffff:192.0.2.1'));
  assert.notEqual(network('192.0.2.1'), network('192.0.3.1'));
  assert.equal(network('2001:db8:1::1'), network('2001:db8:1:ffff::1'));
  assert.notEqual(network('2001:db8:1::1'), network('2001:db8:2::1'));
  assert.equal(network('0.0.0.0'), 1);
  assert.ok(network('::') > network('255.255.255.255'));
  for (const text of ['10.1.2.3', '127.0.0.1', '172.31.0.1', '192.168.1.5', '169.254.1.1', '::1', 'fd00::1', 'fe80::1'])
    assert.ok(network(text) < 0, text);
  for (const text of ['11.1.2.3', '172.32.0.1', '192.169.1.5', '100.64.0.1', '::2', 'fe00::1', '2001:db8::1'])
    assert.ok(network(text) > 0, text);
});

test('only what is new is told: three losses, further networks, and repetitions once a second', () => {
  const doubt = new LineDoubt();
  assert.equal(doubt.works(0), false);
  const told = [10, 20, 30, 40, 50, 1055].map((at) => doubt.lost(5, at - 5, at));
  assert.deepEqual(told, [true, true, true, false, false, true]);
  assert.deepEqual([doubt.lost(6, 1056, 1060), doubt.hangs(6, 1061), doubt.hangs(6, 1062)], [true, true, false]);
  assert.deepEqual([doubt.works(2000), doubt.works(2001)], [true, false]);
});

test('who has seen it work tells so once more where another actor doubts the line', () => {
  const doubt = new LineDoubt();
  doubt.works(1000);
  doubt.wasLost(5, 900, 1100);
  assert.equal(doubt.since(5000), undefined);
  assert.deepEqual([doubt.works(1200), doubt.works(1300)], [true, false]);
});

const event = fc.record({
  gap: fc.integer({ min: 0, max: 4000 }),
  kind: fc.constantFrom('lost', 'hangs', 'works', 'wasLost' as const),
  network: fc.integer({ min: WHOLE_LINE, max: 12 }),
  for_ms: fc.integer({ min: 0, max: 10_000 }),
});

test('a line is dead only if nothing has come for a second, and at least two losses have', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const doubt = new LineDoubt();
      let now = 0;
      let worked = Number.NEGATIVE_INFINITY;
      let losses = 0;
      for (const { gap, kind, network, for_ms } of events) {
        now += gap;
        if (kind === 'works') {
          doubt.works(now);
          worked = now;
          losses = 0;
        } else if (kind === 'hangs') doubt.hangs(network, now);
        else {
          doubt[kind](network, now - for_ms, now);
          losses += 1;
        }
        if (!doubt.isDead(now)) continue;
        assert.ok(now - worked >= 1000);
        assert.ok(losses >= 2);
        assert.notEqual(doubt.since(now), undefined);
      }
    }),
  );
});
