import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type OutageFigures,
  type OutageParameters,
  runOutage,
  USUAL_OUTAGE,
} from '../../../bench/fleet/model/outage-run.js';

const run = (change: Partial<OutageParameters>): OutageFigures =>
  runOutage({ ...USUAL_OUTAGE, gateways: 30, ...change });

test('with news nearly all gateways know within three seconds, and without them quiet ones take ten times as long', () => {
  const none = run({ news: 'none' });
  const few = run({ news: 'few' });
  assert.ok(few.nearlyAll_ms < 3000 && none.most_ms > 10 * few.most_ms, `${few.nearlyAll_ms} ${none.most_ms}`);
  assert.ok(few.half_ms <= none.half_ms);
  assert.deepEqual([none.told, none.octets, none.readMax], [0, 0, 0]);
});

test('with news fewer first contacts begin with the line that is down', () => {
  const of = ({ slow, firstContacts }: OutageFigures): number => slow / firstContacts;
  assert.ok(of(run({ news: 'few' })) < of(run({ news: 'none' })));
});

test('a few tell it as well as all', () => {
  const few = run({ news: 'few' });
  const all = run({ news: 'all' });
  assert.ok(few.told * 3 < all.told, `${few.told} of ${all.told}`);
  assert.ok(few.octets * 3 < all.octets);
  assert.ok(few.nearlyAll_ms <= all.nearlyAll_ms + 1000);
});

test('after the outage the word of others is over soon', () => {
  // Quiet gateways tell it for half a minute after what they have seen, and a word holds for five seconds.
  for (const gateways of [2, 10, 30]) assert.ok(run({ gateways }).over_ms <= 36_000);
});

test('a gateway that is alone finds out by itself', () => {
  const { half_ms, told, readMax } = run({ gateways: 1 });
  assert.ok(half_ms < 3000 && told > 0 && readMax <= 1);
});
