import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Estimate } from '../../../src/protocol/routes/estimate.js';
import { lateAfter, UNKNOWN_MS } from '../../../src/protocol/udp/usual-time.js';

function estimate(...samples: number[]): Estimate {
  const made = new Estimate();
  for (const sample of samples) made.add(sample);
  return made;
}

test('a line is late by its history with the destination, else with others, else after a fixed time, and after a second at most', () => {
  assert.equal(lateAfter(undefined, estimate(), 20), UNKNOWN_MS);
  assert.equal(lateAfter(estimate(), estimate(), 20), UNKNOWN_MS);
  assert.equal(lateAfter(estimate(), estimate(40), 20), 140);
  assert.equal(lateAfter(estimate(10), estimate(40), 20), 50);
  assert.equal(lateAfter(estimate(2000), estimate(40), 20), 1000);
});
