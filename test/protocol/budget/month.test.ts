import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayOf, isDay, monthOf } from '../../../src/protocol/budget/month.js';

test('a month begins on its day, whichever year it is in', () => {
  for (const [today, first, begins, ends] of [
    ['2026-11-30', 1, '2026-11-01', '2026-12-01'],
    ['2026-11-01', 1, '2026-11-01', '2026-12-01'],
    ['2026-12-31', 1, '2026-12-01', '2027-01-01'],
    ['2026-12-14', 15, '2026-11-15', '2026-12-15'],
    ['2026-12-15', 15, '2026-12-15', '2027-01-15'],
    ['2027-01-03', 28, '2026-12-28', '2027-01-28'],
    ['2028-02-29', 28, '2028-02-28', '2028-03-28'],
  ] as const) {
    assert.deepEqual(monthOf(today, first), { begins, ends }, `${today} from ${first}`);
  }
});

test('each day is in its month, and the next month begins where it ends', () => {
  const days = fc.tuple(
    fc.integer({ min: 1970, max: 2100 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
  );
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 28 }), ([year, month, day], first) => {
      const today = dayOf(year, month, day);
      const { begins, ends } = monthOf(today, first);
      assert.ok(isDay(today) && isDay(begins) && isDay(ends));
      assert.ok(begins <= today && today < ends, `${begins} ${today} ${ends}`);
      assert.equal(monthOf(ends, first).begins, ends);
    }),
  );
});

test('texts that are no days are known', () => {
  for (const text of ['', '2026-13-01', '2026-00-01', '2026-1-01', '2026-01-32', '2026-01-00', '2026-01-01x']) {
    assert.equal(isDay(text), false, text);
  }
});
