import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrowdRepeats, Repeats } from '../../../src/protocol/notices/repeats.js';

test('the first of a topic is due at once, then one in the time, with how many were left out', () => {
  const repeats = new Repeats(1000);
  assert.equal(repeats.due('a', 0), 0);
  assert.equal(repeats.due('a', 1), undefined);
  assert.equal(repeats.due('a', 999), undefined);
  assert.equal(repeats.due('b', 999), 0);
  assert.equal(repeats.due('a', 1000), 2);
  assert.equal(repeats.due('a', 2000), 0);
});

test('what was left out before it came here counts too, said or not', () => {
  const repeats = new Repeats(1000);
  assert.equal(repeats.due('a', 0, 3), 3);
  assert.equal(repeats.due('a', 10, 4), undefined);
  assert.equal(repeats.due('a', 1000, 2), 7);
});

test('topics have a bound, and beyond it nothing is due', () => {
  const repeats = new Repeats(1000);
  const due = Array.from({ length: 5000 }, (_, i) => repeats.due(`topic ${i}`, 0)).filter((left) => left !== undefined);
  assert.equal(due.length, 4096);
  assert.equal(repeats.due('topic 0', 1000), 0);
});

test('when topics are full, those that are due again make room for others', () => {
  const repeats = new Repeats(1000);
  for (let i = 0; i < 4096; i += 1) repeats.due(`old ${i}`, i % 2 === 0 ? 0 : 500);
  assert.equal(repeats.due('new', 999), undefined);
  // Each look is at all topics, so there is one a second.
  assert.equal(repeats.due('new', 1500), undefined);
  assert.equal(repeats.due('new', 1999), 0);
  assert.equal(repeats.due('new', 2000), undefined);
});

test('of a crowd each has its line, with what was left out of it', () => {
  const crowd = new CrowdRepeats(1000);
  for (const now of [0, 1, 2]) assert.equal(crowd.due('a', now), now === 0 ? 0 : undefined);
  assert.equal(crowd.due('b', 3, 5), 5);
  assert.equal(crowd.due('a', 1000), 2);
});

test('a crowd has thirty lines in the time together, and those kept out are told with the next one', () => {
  const crowd = new CrowdRepeats(1000);
  const said = (from: number, to: number, now: number): (number | undefined)[] =>
    Array.from({ length: to - from }, (_, i) => crowd.due(`topic ${from + i}`, now)).filter((one) => one !== undefined);
  assert.deepEqual(said(0, 100, 0), Array(30).fill(0));
  // After hours of a scan, too. Not those that no topic was kept for.
  assert.equal(said(100, 10_000, 500).length, 0);
  const later = said(10_000, 10_100, 2000);
  assert.deepEqual([later.length, later[0], later[1]], [30, 4096 - 30, 0]);
});
