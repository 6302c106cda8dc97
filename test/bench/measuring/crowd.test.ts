import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crowdSizes, together } from '../../../bench/measuring/crowd.js';
import type { Outcome } from '../../../bench/shared/messages.js';

const outcome = (verified: number, failures: Outcome['failures']): Outcome => ({
  verified,
  bytes: 0,
  elapsed_ms: 10 * verified,
  latency: { p50: verified, p90: 0, p99: 0, p999: 0, max: 0 },
  curve: [verified],
  failures,
  cpu_us: { user: verified, system: 2 * verified },
});

test('a crowd grows by doubling, and its sizes are whole and different', () => {
  assert.deepEqual(crowdSizes(9000), [1125, 2250, 4500, 9000]);
  assert.deepEqual(crowdSizes(10), [2, 3, 5, 10]);
  assert.deepEqual(crowdSizes(2), [1, 2]);
  assert.deepEqual(crowdSizes(1), [1]);
});

test('the steps of a crowd count as one', () => {
  const steps = [outcome(5, { refused: 1 }), outcome(3, { refused: 2, reset: 1 }), outcome(8, {})];
  const { verified, elapsed_ms, failures, cpu_us, curve } = together(steps);
  assert.deepEqual(
    [verified, elapsed_ms, failures, cpu_us, curve],
    [16, 160, { refused: 3, reset: 1 }, { user: 16, system: 32 }, [8]],
  );
});
