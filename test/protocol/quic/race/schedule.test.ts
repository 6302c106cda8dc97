// When lines would be tried that never answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RACE_MAX_MS } from '../../../../src/protocol/quic/race/race.js';
import { scheduleOf } from '../../../../src/protocol/quic/race/schedule.js';

const runner = (line: number, late_ms: number, opening_ms = 0) => ({ line, late_ms, opening_ms });

test('each line has its time alone, and ways that are closed have time to open', () => {
  assert.deepEqual(scheduleOf([runner(4, 70), runner(2, 150, 500), runner(9, 150)], 4), [
    { line: 4, at_ms: 0 },
    { line: 2, at_ms: 70 },
    { line: 9, at_ms: 720 },
  ]);
});

test('no more lines than may have the flight, and none after the end of the race', () => {
  const lines = [1, 2, 3, 4, 5].map((line) => runner(line, 100));
  assert.deepEqual(
    scheduleOf(lines, 3).map(({ line }) => line),
    [1, 2, 3],
  );
  assert.deepEqual(scheduleOf([runner(1, RACE_MAX_MS), runner(2, 100)], 4), [{ line: 1, at_ms: 0 }]);
  assert.deepEqual(scheduleOf([], 4), []);
});
