import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../../bench/generator/loads/pace.js';

test('each member has one beat in a period, whenever it is looked', () => {
  for (const step_ms of [0.3, 1, 7, 9.9]) {
    const pace = new Pace(1000);
    let beats = 0;
    let now_ms = 5000;
    for (; now_ms < 15_000; now_ms += step_ms) beats += pace.due(now_ms, 9000);
    const wanted = (now_ms - step_ms - 5000) * 9;
    assert.ok(Math.abs(beats - wanted) <= 1, `every ${step_ms} ms: ${beats} of ${wanted}`);
  }
});

test('few members have their beats far apart', () => {
  const pace = new Pace(1000);
  const due = Array.from({ length: 11 }, (_, index) => pace.due(index * 100, 2));
  assert.deepEqual(due, [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
});

test('a pause does not end in a burst', () => {
  const pace = new Pace(1000);
  pace.due(0, 9000);
  assert.ok(pace.due(60_000, 9000) < 200);
  assert.equal(pace.due(60_001, 9000), 9);
});

test('nobody is never due', () => {
  const pace = new Pace(1000);
  assert.deepEqual([pace.due(0, 0), pace.due(100, 0)], [0, 0]);
});
