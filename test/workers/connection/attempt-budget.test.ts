import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Line } from '../../../src/protocol/line.js';
import type { Options } from '../../../src/protocol/options.js';
import { AttemptBudget, type Waiting } from '../../../src/workers/connection/attempt-budget.js';
import { defaultOptions } from '../../helpers/default-options.js';

const line = (name: string): Line => ({ name, source: { ip: undefined, port: 0 }, hops: [] });

interface Bounds extends Partial<Options['race']> {
  readonly workers?: number;
  readonly lines?: number;
  readonly racing_max?: number;
}

const UNBOUNDED = 1_000_000;

function budgetOf({ workers = 1, lines = 2, racing_max = UNBOUNDED, ...race }: Bounds): AttemptBudget {
  const options = defaultOptions();
  const bounds = { attempts_max: UNBOUNDED, line_attempts_max: UNBOUNDED, total_attempts_max: UNBOUNDED, ...race };
  return new AttemptBudget({
    ...options,
    ...{ workers, lines: Array.from({ length: lines }, (_, i) => line(`${i}`)) },
    limits: { ...options.limits, racing_max },
    race: { ...options.race, ...bounds },
  });
}

/** How many there is room for, when all are taken on one line after the other in turn. */
function fill(budget: AttemptBudget, lines: readonly number[]): number {
  let taken = 0;
  for (;;) {
    const before = taken;
    for (const index of lines) {
      if (!budget.hasRoom(index)) continue;
      budget.take(index);
      taken += 1;
    }
    if (taken === before) return taken;
  }
}

test('a line and all lines together have room for so many, of which each worker has its share', () => {
  for (const [bounds, onOne, onBoth] of [
    [{ line_attempts_max: 3 }, 3, 6],
    [{ total_attempts_max: 5 }, 5, 5],
    [{ line_attempts_max: 3, total_attempts_max: 5 }, 3, 5],
    [{ line_attempts_max: 10, total_attempts_max: 17, workers: 4 }, 2, 4],
    // Each worker gets one at least.
    [{ line_attempts_max: 3, total_attempts_max: 100, workers: 4 }, 1, 2],
    [{ line_attempts_max: 100, total_attempts_max: 3, workers: 4 }, 1, 1],
  ] as const) {
    assert.equal(fill(budgetOf(bounds), [0]), onOne, JSON.stringify(bounds));
    const both = budgetOf(bounds);
    assert.equal(fill(both, [0, 1]), onBoth, JSON.stringify(bounds));
    assert.equal(both.total, onBoth);
  }
});

test('what is given back is there again, on that line', () => {
  const budget = budgetOf({ line_attempts_max: 2, total_attempts_max: 3 });
  fill(budget, [0]);
  budget.take(1);
  assert.deepEqual([budget.hasRoom(0), budget.hasRoom(1), budget.total], [false, false, 3]);
  budget.give(1);
  assert.deepEqual([budget.hasRoom(0), budget.hasRoom(1), budget.total], [false, true, 2]);
  budget.give(0);
  assert.deepEqual([budget.hasRoom(0), budget.hasRoom(1), budget.total], [true, true, 1]);
});

test('a race may have fewer attempts as sockets run short, but always one', () => {
  const budget = budgetOf({ attempts_max: 6, racing_max: 40 });
  const most: number[] = [];
  for (let total = 0; total <= 44; total += 4) {
    most.push(budget.most());
    assert.equal(budget.isTight, total >= 40, `${total}`);
    for (let i = 0; i < 4; i += 1) budget.take(0);
  }
  assert.deepEqual(most, [6, 6, 6, 6, 6, 5, 4, 3, 2, 1, 1, 1]);
  for (let i = 0; i < 48; i += 1) budget.give(0);
  assert.deepEqual([budget.most(), budget.isTight, budget.total], [6, false, 0]);
  // None to spare from the start.
  const poor = budgetOf({ attempts_max: 6, racing_max: 0 });
  assert.deepEqual([poor.most(), poor.isTight, poor.hasRoom(0)], [1, true, true]);
});

/** A race that takes the room that it is told of. */
class Hungry implements Waiting {
  readonly name: string;
  readonly #budget: AttemptBudget;
  readonly #line: number;
  readonly #told: string[];

  constructor(name: string, budget: AttemptBudget, index: number, told: string[]) {
    this.name = name;
    this.#budget = budget;
    this.#line = index;
    this.#told = told;
    budget.wait(this, index);
  }

  roomMade(): void {
    assert.ok(this.#budget.hasRoom(this.#line), `${this.name} is told of room that is not there`);
    this.#budget.take(this.#line);
    this.#told.push(this.name);
  }
}

test('one race is told for each place, in the order in which they came, and each once', () => {
  const budget = budgetOf({ line_attempts_max: 2 });
  fill(budget, [0, 1]);
  const told: string[] = [];
  for (const name of ['a', 'b', 'c']) new Hungry(name, budget, 0, told);
  new Hungry('other line', budget, 1, told);
  budget.give(0);
  assert.deepEqual(told, ['a']);
  budget.give(0);
  budget.give(0);
  assert.deepEqual(told, ['a', 'b', 'c']);
  budget.give(0);
  assert.deepEqual([told.length, budget.total, budget.hasRoom(0)], [3, 3, true]);
  budget.give(1);
  assert.deepEqual(told, ['a', 'b', 'c', 'other line']);
});

test('to ask again does not change the place of a race', () => {
  const budget = budgetOf({ line_attempts_max: 1 });
  fill(budget, [0]);
  const told: string[] = [];
  const first = new Hungry('a', budget, 0, told);
  new Hungry('b', budget, 0, told);
  budget.wait(first, 0);
  budget.give(0);
  budget.give(0);
  budget.give(0);
  assert.deepEqual(told, ['a', 'b']);
});

test('where all lines together are full, a place on one is room on another', () => {
  const budget = budgetOf({ line_attempts_max: 2, total_attempts_max: 3 });
  fill(budget, [0]);
  budget.take(1);
  const told: string[] = [];
  new Hungry('other line', budget, 1, told);
  budget.give(0);
  assert.deepEqual([told, budget.total], [['other line'], 3]);
});

test('a race that has gone is not told, and the next one is', () => {
  const budget = budgetOf({ line_attempts_max: 1 });
  fill(budget, [0, 1]);
  const told: string[] = [];
  const gone = new Hungry('gone', budget, 0, told);
  budget.wait(gone, 1);
  new Hungry('next', budget, 0, told);
  budget.forget(gone);
  budget.give(0);
  budget.give(1);
  assert.deepEqual(told, ['next']);
});
