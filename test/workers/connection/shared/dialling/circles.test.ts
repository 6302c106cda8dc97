// When attempts say how many gateways a request has passed, and when that is too many.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEPTH_MAX } from '../../../../../src/protocol/gateway-depth.js';
import { Circles } from '../../../../../src/workers/connection/shared/dialling/circles.js';

test('nothing is said while nothing is suspicious', () => {
  const circles = new Circles();
  assert.equal(circles.depthToTell(0, undefined, 0), 0);
  assert.equal(circles.depthToTell(0, { hopeless: 8 }, 0), 0);
  assert.equal(circles.depthToTell(0, { hopeless: 9 }, 0), 1);
});

test('a request that says its depth goes on with one more, until there are too many', () => {
  const circles = new Circles();
  for (let depth = 1; depth < DEPTH_MAX; depth += 1) {
    assert.equal(circles.mayGoOn(depth, 0), true);
    assert.equal(circles.depthToTell(depth, undefined, 0), depth + 1);
  }
  assert.equal(circles.mayGoOn(DEPTH_MAX, 0), false);
});

test('once one has said so, all say so for a minute', () => {
  const circles = new Circles();
  circles.mayGoOn(0, 0);
  assert.equal(circles.depthToTell(0, undefined, 1), 0);
  circles.mayGoOn(3, 1000);
  assert.equal(circles.depthToTell(0, undefined, 60_999), 1);
  assert.equal(circles.depthToTell(0, undefined, 61_000), 0);
});
