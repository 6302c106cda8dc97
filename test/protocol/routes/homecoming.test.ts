import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Homecoming } from '../../../src/protocol/routes/homecoming.js';

const NEVER = Number.NEGATIVE_INFINITY;

/** From when on a trial is due. */
function dueAt(home: Homecoming, from: number, worked = NEVER): number {
  for (let now = from; now < from + 1_000_000; now += 1000) if (home.isDue(now, worked)) return now;
  throw new Error('never');
}

test('trials are ten seconds apart, then twice as long each time, five minutes at most', () => {
  const home = new Homecoming(0);
  const waits: number[] = [];
  for (let now = 0, i = 0; i < 8; i += 1) {
    const next = dueAt(home, now);
    waits.push(next - now);
    now = next;
    home.begins(now);
  }
  assert.deepEqual(waits, [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
});

test('a line that came home and failed soon waits on, one that stayed five minutes begins anew', () => {
  const soon = new Homecoming(0, 3);
  assert.equal(dueAt(soon, 60_000, 50_000), 80_000);
  assert.equal(soon.tries, 3);
  const stayed = new Homecoming(0, 3);
  assert.equal(dueAt(stayed, 400_000, 400_000), 410_000);
  assert.equal(stayed.tries, 0);
});
