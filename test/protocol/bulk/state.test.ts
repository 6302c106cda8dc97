import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isRatesState, isTrafficState, noRates, ratesOfState, ratesState } from '../../../src/protocol/bulk/state.js';

const measured = fc.record({ bytes_s: fc.nat(2 ** 40), isExact: fc.boolean() });

test('whatever was measured is read again as it was written', () => {
  fc.assert(
    fc.property(fc.array(measured, { minLength: 1, maxLength: 6 }), (measurements) => {
      const rates = noRates();
      for (const [at, one] of measurements.entries()) rates.down.add(one, at);
      const written: unknown = JSON.parse(JSON.stringify(ratesState(rates, 10.5)));
      assert.ok(isRatesState(written), JSON.stringify(written));
      assert.deepEqual(ratesState(ratesOfState(written, 10.5), 10.5), written);
      assert.equal(written.down?.[0], Math.round(rates.down.bytes_s));
    }),
  );
});

test('fractions of an earlier version are read, and what is no rate is not', () => {
  assert.ok(isRatesState({ up: null, down: [348_264.75, 389, 922] }));
  for (const down of [[-1, 1, 1], [1, 1], ['1', 1, 1], [Number.NaN, 1, 1], [1, null, 1], 7, undefined])
    assert.equal(isRatesState({ up: null, down }), false, JSON.stringify(down));
  assert.ok(isTrafficState([1, 2, 3]));
  assert.equal(isTrafficState([1, 2, Number.POSITIVE_INFINITY]), false);
});
