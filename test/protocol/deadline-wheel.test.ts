// The deadline wheel against a plain list, and its corners: past, far away, set and cleared by the owners it tells.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deadline, DeadlineWheel } from '../../src/protocol/deadline-wheel.js';

function told(): { deadline: Deadline; times: number[] } {
  const times: number[] = [];
  return { deadline: new Deadline((now) => times.push(now)), times };
}

test('a deadline is told once, not before it is due and at most two ticks late', () => {
  const wheel = new DeadlineWheel(1000, 10, 16);
  const { deadline, times } = told();
  wheel.set(deadline, 1055);
  for (let now = 1001; now < 1100; now += 1) wheel.expire(now);
  assert.equal(times.length, 1);
  assert.ok(times[0] >= 1055 && times[0] <= 1075, `${times[0]}`);
  assert.equal(wheel.size, 0);
});

test('one that is many rounds away waits for its round', () => {
  const wheel = new DeadlineWheel(0, 10, 16);
  const { deadline, times } = told();
  wheel.set(deadline, 1000);
  for (let now = 5; now < 1000; now += 5) wheel.expire(now);
  assert.equal(times.length, 0);
  wheel.expire(1020);
  assert.equal(times.length, 1);
});

test('moving and clearing leave nothing behind', () => {
  const wheel = new DeadlineWheel(0, 10, 16);
  const { deadline, times } = told();
  wheel.set(deadline, 30);
  wheel.set(deadline, 500);
  wheel.expire(100);
  assert.equal(times.length, 0);
  wheel.clear(deadline);
  wheel.clear(deadline);
  wheel.expire(2000);
  assert.equal(times.length, 0);
  assert.equal(wheel.size, 0);
});

test('an owner may set its own deadline again, and clear a neighbour of the same tick', () => {
  const wheel = new DeadlineWheel(0, 10, 16);
  const neighbour = told();
  let again = 0;
  const self: Deadline = new Deadline((now) => {
    again += 1;
    wheel.clear(neighbour.deadline);
    if (again < 3) wheel.set(self, now + 1);
  });
  wheel.set(self, 5);
  wheel.set(neighbour.deadline, 5);
  for (let now = 0; now <= 200; now += 10) wheel.expire(now);
  assert.equal(again, 3);
  assert.equal(neighbour.times.length, 0);
});

test('a long pause tells everything that came due in it', () => {
  const wheel = new DeadlineWheel(0, 10, 16);
  const all = Array.from({ length: 100 }, told);
  for (const [i, { deadline }] of all.entries()) wheel.set(deadline, i * 37);
  wheel.expire(1_000_000);
  assert.ok(all.every(({ times }) => times.length === 1));
});

test('no more than so many are told at once, and the others in the next calls', () => {
  const wheel = new DeadlineWheel(0, 10, 16);
  const all = Array.from({ length: 100 }, told);
  const far = told();
  wheel.set(far.deadline, 35 + 16 * 10);
  for (const { deadline } of all) wheel.set(deadline, 35);
  const count = () => all.reduce((sum, { times }) => sum + times.length, 0);
  let calls = 0;
  for (let isDone = false; !isDone; calls += 1) {
    assert.equal(count(), Math.min(calls * 30, 100));
    isDone = wheel.expire(60, 30);
  }
  assert.equal(calls, 4);
  assert.equal(count(), 100);
  // The bucket that was left half way holds one of the next round.
  assert.equal(far.times.length, 0);
  assert.ok(wheel.expire(300, 30));
  assert.equal(far.times.length, 1);
});

test('what is set while a bucket is told in parts is told in its time', () => {
  const wheel = new DeadlineWheel(0, 10, 16);
  let again = 0;
  const late = told();
  const self: Deadline = new Deadline((now) => {
    again += 1;
    if (again === 1) wheel.set(late.deadline, now);
  });
  const others = [told(), told()];
  wheel.set(self, 5);
  for (const { deadline } of others) wheel.set(deadline, 5);
  assert.equal(wheel.expire(10, 1), false);
  for (let now = 10; now <= 40; now += 10) while (!wheel.expire(now, 1));
  assert.equal(again, 1);
  assert.ok([late, ...others].every(({ times }) => times.length === 1));
  assert.equal(wheel.size, 0);
});

test('it tells what a plain list would tell', () => {
  const step = fc.record({
    id: fc.nat(9),
    after: fc.nat(400),
    pass: fc.nat(60),
    clear: fc.boolean(),
    most: fc.integer({ min: 1, max: 4 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const wheel = new DeadlineWheel(0, 10, 8);
      const due = new Map<number, number>();
      let now = 0;
      const deadlines = Array.from({ length: 10 }, (_, id): Deadline => {
        return new Deadline((at) => {
          assert.ok((due.get(id) ?? Number.POSITIVE_INFINITY) <= at, 'told early, or told without being set');
          due.delete(id);
        });
      });
      for (const { id, after, pass, clear, most } of steps) {
        if (clear) {
          wheel.clear(deadlines[id]);
          due.delete(id);
        } else {
          wheel.set(deadlines[id], now + after);
          due.set(id, now + after);
        }
        now += pass;
        while (!wheel.expire(now, most));
        for (const at of due.values()) assert.ok(at > now - 20, 'told too late');
        assert.equal(wheel.size, due.size);
      }
    }),
  );
});
