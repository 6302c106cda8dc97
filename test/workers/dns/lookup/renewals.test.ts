// How often a name is asked for anew whose addresses fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Renewals } from '../../../../src/workers/dns/lookup/renewals.js';

const OLD_MS = 100_000;

test('an answer that has just come is as good as a new one', () => {
  const renewals = new Renewals(10);
  assert.deepEqual([renewals.begin('a.test', 99, 0), renewals.begin('a.test', 100, 0)], [false, true]);
});

test('the pause doubles as long as nothing changes, and begins again after a change', () => {
  const renewals = new Renewals(10);
  const asked: number[] = [];
  const run = (from: number, to: number): void => {
    for (let now = from; now < to; now += 500) if (renewals.begin('a.test', OLD_MS, now)) asked.push(now);
  };
  run(0, 100_000);
  assert.deepEqual(asked.splice(0), [0, 1000, 3000, 7000, 15_000, 31_000, 61_000, 91_000]);
  renewals.changed('a.test');
  run(100_000, 104_000);
  assert.deepEqual(asked, [100_000, 101_000, 103_000]);
});

test('names that were asked for longest ago are forgotten', () => {
  const renewals = new Renewals(2);
  for (const name of ['a.test', 'b.test', 'c.test']) assert.ok(renewals.begin(name, OLD_MS, 0));
  assert.deepEqual([renewals.begin('c.test', OLD_MS, 1), renewals.begin('a.test', OLD_MS, 1)], [false, true]);
});
