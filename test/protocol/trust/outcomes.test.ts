import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ConnectionOutcomes, type Observation, type OutcomeRules } from '../../../src/protocol/trust/outcomes.js';

const RULES: OutcomeRules = { failures_min: 2, window_ms: 1000, names_max: 8 };
const NAME = 'www.site.com';
const failed = (address: string | undefined, name = NAME): Observation => ({ name, address, result: 'failed' });
const answered = (address: string | undefined, name = NAME): Observation => ({ name, address, result: 'tls' });

test('an address that only fails is suspect once the name works over another address', () => {
  const outcomes = new ConnectionOutcomes(RULES);
  assert.deepEqual(outcomes.observe(failed('192.0.2.1'), 0), { suspect: [], works: undefined });
  assert.deepEqual(outcomes.observe(failed('192.0.2.1'), 1), { suspect: [], works: undefined });
  assert.deepEqual(outcomes.observe(answered('192.0.2.2'), 2), { suspect: ['192.0.2.1'], works: '192.0.2.2' });
});

test('another line counts like another address, and the order does not matter', () => {
  const outcomes = new ConnectionOutcomes(RULES);
  assert.deepEqual(outcomes.observe(answered(undefined), 0), { suspect: [], works: undefined });
  assert.deepEqual(outcomes.observe(failed('192.0.2.1'), 1).suspect, []);
  assert.deepEqual(outcomes.observe(failed('192.0.2.1'), 2).suspect, ['192.0.2.1']);
});

test('where nothing works, nothing is suspect: the site is down', () => {
  const outcomes = new ConnectionOutcomes(RULES);
  for (let now = 0; now < 20; now += 1) {
    assert.deepEqual(outcomes.observe(failed(`192.0.2.${now % 2}`), now).suspect, []);
  }
  assert.deepEqual(outcomes.observe(failed(undefined), 21).suspect, []);
});

test('an address that has worked meanwhile is not suspect, however often it fails', () => {
  const outcomes = new ConnectionOutcomes(RULES);
  outcomes.observe(answered('192.0.2.2'), 0);
  outcomes.observe(answered('192.0.2.1'), 0);
  for (let now = 1; now < 20; now += 1) assert.deepEqual(outcomes.observe(failed('192.0.2.1'), now).suspect, []);
});

test('one name says nothing of another', () => {
  const outcomes = new ConnectionOutcomes(RULES);
  outcomes.observe(failed('192.0.2.1'), 0);
  outcomes.observe(failed('192.0.2.1'), 1);
  assert.deepEqual(outcomes.observe(answered('192.0.2.2', 'other.com'), 2).suspect, []);
});

test('what was long ago counts no more', () => {
  const outcomes = new ConnectionOutcomes(RULES);
  outcomes.observe(answered('192.0.2.2'), 0);
  outcomes.observe(failed('192.0.2.1'), 1);
  assert.deepEqual(outcomes.observe(failed('192.0.2.1'), 1000).suspect, []);
  assert.deepEqual(outcomes.observe(answered('192.0.2.2'), 1900).suspect, ['192.0.2.1']);
  assert.deepEqual(outcomes.observe(failed('192.0.2.1'), 2001).suspect, []);
});

test('whatever is observed: bounded, and never suspect is what has just worked', () => {
  const observation = fc.record({
    name: fc.integer({ min: 0, max: 20 }).map((n) => `n${n}.com`),
    address: fc.option(
      fc.integer({ min: 0, max: 40 }).map((n) => `192.0.2.${n}`),
      { nil: undefined },
    ),
    result: fc.constantFrom('tls' as const, 'plain' as const, 'failed' as const),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(observation, fc.integer({ min: 0, max: 300 })), { maxLength: 300 }), (steps) => {
      const outcomes = new ConnectionOutcomes(RULES);
      let now = 0;
      for (const [one, passed] of steps) {
        now += passed;
        const { suspect, works } = outcomes.observe(one, now);
        assert.ok(outcomes.size <= RULES.names_max);
        assert.ok(suspect.length <= 16);
        if (one.result === 'failed') assert.equal(works, undefined);
        else if (one.address !== undefined) assert.ok(works === one.address && !suspect.includes(one.address));
      }
    }),
  );
});
