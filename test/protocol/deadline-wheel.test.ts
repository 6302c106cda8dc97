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

test('it tells what a plain list would tell', () => {
  const step = fc.record({ id: fc.nat(9), after: fc.nat(400), pass: fc.nat(60), clear: fc.boolean() });
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
      for (const { id, after, pass, clear } of steps) {
        if (clear) {
          wheel.clear(deadlines[id]);
          due.delete(id);
        } else {
          wheel.set(deadlines[id], now + after);
          due.set(id, now + after);
        }
        now += pass;
        wheel.expire(now);
        for (const at of due.values()) assert.ok(at > now - 20, 'told too late');
        assert.equal(wheel.size, due.size);
      }
    }),
  );
});
