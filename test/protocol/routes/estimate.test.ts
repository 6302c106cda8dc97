import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Estimate } from '../../../src/protocol/routes/estimate.js';

const of = (...values: number[]): Estimate => {
  const estimate = new Estimate();
  for (const value of values) estimate.add(value);
  return estimate;
};

test('without a measurement nothing is late but by the time for what is not known', () => {
  assert.equal(new Estimate().late(30, 150), 150);
});

test('the first measurement and the second give what RFC 6298 says', () => {
  const first = of(100);
  assert.deepEqual([first.mean, first.deviation, first.samples], [100, 50, 1]);
  assert.equal(first.late(30, 150), 100 + 4 * 50 + 30);
  // RTTVAR <- 3/4 * 50 + 1/4 * |100 - 180|, SRTT <- 7/8 * 100 + 1/8 * 180
  const second = of(100, 180);
  assert.deepEqual([second.mean, second.deviation, second.samples], [110, 57.5, 2]);
});

test('what always takes the same time is soon late', () => {
  const steady = of(...Array<number>(50).fill(20));
  assert.equal(steady.mean, 20);
  assert.ok(steady.late(30, 150) < 50.1, `${steady.late(30, 150)}`);
});

test('one outlier does not make the usual late, and a lasting change is followed', () => {
  const estimate = of(...Array<number>(50).fill(20), 1000);
  assert.ok(estimate.mean < 150);
  for (let i = 0; i < 50; i += 1) estimate.add(200);
  assert.ok(Math.abs(estimate.mean - 200) < 2);
  assert.ok(estimate.late(30, 150) > 200 && estimate.late(30, 150) < 260);
});

test('whatever is measured: the mean is between the least and the most, and what is late is above the mean', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 100 }), (values) => {
      const estimate = of(...values);
      const slack = 1e-6;
      assert.ok(estimate.mean >= Math.min(...values) - slack && estimate.mean <= Math.max(...values) + slack);
      assert.ok(estimate.deviation >= 0 && estimate.late(0, 1) >= estimate.mean);
      assert.equal(estimate.samples, values.length);
    }),
  );
});

test('times out of ten thousand with a normal spread: less than two in a hundred are late', () => {
  const estimate = new Estimate();
  let late = 0;
  // A fixed sequence, so that the test is the same every time.
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (let i = 0; i < 10_000; i += 1) {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const value = 100 + 10 * normal;
    if (i > 10 && value > estimate.late(0, 0)) late += 1;
    estimate.add(value);
  }
  assert.ok(late > 0 && late < 200, `${late} were late`);
});
