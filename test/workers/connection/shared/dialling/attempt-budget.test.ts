import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AttemptBudget, type Waiting } from '../../../../../src/workers/connection/shared/dialling/attempt-budget.js';
import { defaultOptions } from '../../../../helpers/default-options.js';

interface Bounds {
  readonly race?: number;
  readonly line?: number;
  readonly total?: number;
  readonly racing?: number;
  readonly workers?: number;
  readonly lines?: number;
}

function budgetOf({
  race = 16,
  line = 100,
  total = 100,
  racing = 1000,
  workers = 1,
  lines = 2,
}: Bounds): AttemptBudget {
  const options = defaultOptions();
  const [template] = options.lines;
  return new AttemptBudget({
    ...options,
    workers,
    lines: Array.from({ length: lines }, (_, i) => ({ ...template, number: i, name: `line ${i}` })),
    limits: { ...options.limits, racing_max: racing },
    race: { ...options.race, attempts_max: race, line_attempts_max: line, total_attempts_max: total },
  });
}

test('a line has room for its share, and all lines together for theirs', () => {
  const budget = budgetOf({ line: 4, total: 6, workers: 2 });
  const roomOf = (): boolean[] => [0, 1].map((line) => budget.hasRoom(line));
  for (let i = 0; i < 2; i += 1) budget.take(0);
  assert.deepEqual(roomOf(), [false, true]);
  budget.take(1);
  assert.deepEqual([roomOf(), budget.total], [[false, false], 3]);
  budget.give(0);
  assert.deepEqual([roomOf(), budget.total], [[true, true], 2]);
});

test('more workers than attempts leave one to each', () => {
  const budget = budgetOf({ line: 1, total: 1, workers: 8 });
  assert.equal(budget.hasRoom(0), true);
  budget.take(0);
  assert.equal(budget.hasRoom(1), false);
});

test('a race gets its bound, less as sockets run short, and always one', () => {
  const budget = budgetOf({ race: 8, racing: 40, total: 1000, line: 1000 });
  const most: number[] = [];
  for (let total = 0; total <= 44; total += 1) {
    most.push(budget.most());
    budget.take(0);
  }
  const at = (total: number): number => most[total] as number;
  assert.deepEqual([at(0), at(8), at(9), at(20), at(32), at(36), at(40), at(44)], [8, 8, 7, 5, 2, 1, 1, 1]);
  for (let i = 1; i < most.length; i += 1) assert.ok(at(i) <= at(i - 1));
});

test('nothing is held for later when there is no socket to spare', () => {
  const budget = budgetOf({ racing: 2 });
  budget.take(0);
  assert.equal(budget.isTight, false);
  budget.take(1);
  assert.equal(budget.isTight, true);
});

test('what is held counts until it is let go, and leaves races less', () => {
  const budget = budgetOf({ racing: 8 });
  assert.equal(budget.most(), 2);
  for (let i = 0; i < 8; i += 1) budget.hold();
  assert.deepEqual([budget.most(), budget.isTight], [1, true]);
  budget.letGo(8);
  assert.deepEqual([budget.most(), budget.isTight], [2, false]);
});

/** A race that has `wants` attempts to start on a line, and starts what it can when it is told. */
class Eager implements Waiting {
  running = 0;
  told = 0;
  wants: number;
  readonly #budget: AttemptBudget;
  readonly line: number;
  readonly #started: (race: Eager) => void;

  constructor(budget: AttemptBudget, line: number, wants: number, started: (race: Eager) => void = () => {}) {
    this.#budget = budget;
    this.line = line;
    this.wants = wants;
    this.#started = started;
  }

  roomMade(): void {
    this.told += 1;
    this.go();
  }

  go(): void {
    for (; this.wants > 0; this.wants -= 1) {
      if (!this.#budget.hasRoom(this.line)) {
        this.#budget.wait(this, this.line);
        return;
      }
      this.#budget.take(this.line);
      this.running += 1;
      this.#started(this);
    }
  }

  end(): void {
    this.running -= 1;
    this.#budget.give(this.line);
  }
}

test('races that wait for a line are told in the order in which they came, each once', () => {
  const budget = budgetOf({ line: 1 });
  const order: number[] = [];
  const races = Array.from({ length: 5 }, (_, i) => new Eager(budget, 0, 1, () => order.push(i)));
  for (const race of races) race.go();
  for (const race of races) race.end();
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
  assert.deepEqual(
    races.map(({ told }) => told),
    [0, 1, 1, 1, 1],
  );
  assert.equal(budget.total, 0);
});

test('to wait twice changes no place, and who is forgotten is not told', () => {
  const budget = budgetOf({ line: 1 });
  const [first, second, third] = [1, 2, 3].map(() => new Eager(budget, 0, 1));
  const holder = new Eager(budget, 0, 1);
  for (const race of [holder, first, second, third, first]) race.go();
  budget.forget(second);
  holder.end();
  first.end();
  assert.deepEqual([first.told, second.told, third.told, third.running], [1, 0, 1, 1]);
});

test('one that has no use for the room any more does not keep it from the next', () => {
  const budget = budgetOf({ line: 1 });
  const holder = new Eager(budget, 0, 1);
  const [sated, other, hungry] = [1, 2, 3].map(() => new Eager(budget, 0, 1));
  for (const race of [holder, sated, other, hungry]) race.go();
  // They have won meanwhile.
  sated.wants = 0;
  other.wants = 0;
  holder.end();
  assert.deepEqual([sated.told, other.told, hungry.running], [1, 1, 1]);
});

test('where the total is the bound, whoever waits longest is told, on whatever line', () => {
  const budget = budgetOf({ line: 10, total: 2, lines: 3 });
  const order: string[] = [];
  const race = (line: number, name: string): Eager => new Eager(budget, line, 1, () => order.push(name));
  const holders = [race(0, 'a'), race(0, 'b')];
  const waiting = [race(2, 'c'), race(0, 'd'), race(1, 'e'), race(0, 'f')];
  for (const one of [...holders, ...waiting]) one.go();
  for (const one of [...holders, ...waiting]) one.end();
  assert.deepEqual(order, ['a', 'b', 'c', 'd', 'e', 'f']);
});

test('a line that is full does not hold up those behind it who wait for another', () => {
  const budget = budgetOf({ line: 2, total: 3 });
  const holders = [new Eager(budget, 0, 2), new Eager(budget, 1, 1)];
  const [full, free] = [new Eager(budget, 0, 1), new Eager(budget, 1, 1)];
  for (const one of [...holders, full, free]) one.go();
  holders[1].end();
  assert.deepEqual([full.running, free.running], [0, 1]);
  holders[0].end();
  assert.equal(full.running, 1);
});

test('one that goes on waiting when it is told ends nothing but its own turn', () => {
  const budget = budgetOf({ line: 1 });
  budget.take(0);
  let told = 0;
  const stubborn: Waiting = {
    roomMade() {
      told += 1;
      budget.wait(stubborn, 0);
    },
  };
  budget.wait(stubborn, 0);
  const other = new Eager(budget, 0, 1);
  other.go();
  budget.give(0);
  assert.deepEqual([told, other.running], [1, 1]);
});

test('whatever races come, end and are cancelled: in bounds, and nobody starves while there is room', () => {
  const step = fc.record({
    what: fc.constantFrom('come', 'come', 'end', 'end', 'cancel', 'sate'),
    line: fc.nat(2),
    wants: fc.integer({ min: 1, max: 4 }),
    which: fc.nat(1000),
  });
  const world = fc.record({
    line: fc.integer({ min: 1, max: 4 }),
    total: fc.integer({ min: 1, max: 8 }),
    steps: fc.array(step, { maxLength: 200 }),
  });
  fc.assert(
    fc.property(world, ({ line: line_max, total: total_max, steps }) => {
      const budget = budgetOf({ line: line_max, total: total_max, lines: 3 });
      let races: Eager[] = [];
      const check = (): void => {
        const running = (line: number): number =>
          races.filter((race) => race.line === line).reduce((sum, race) => sum + race.running, 0);
        const counts = [0, 1, 2].map(running);
        const sum = counts.reduce((all, count) => all + count, 0);
        assert.equal(budget.total, sum);
        assert.ok(sum <= total_max && counts.every((count) => count <= line_max));
        for (const race of races) {
          if (race.wants > 0)
            assert.ok(!budget.hasRoom(race.line), `somebody waits for line ${race.line}, which has room`);
        }
      };
      for (const { what, line, wants, which } of steps) {
        const running = races.filter((race) => race.running > 0);
        if (what === 'come') {
          const race = new Eager(budget, line, wants);
          races.push(race);
          race.go();
        } else if (what === 'sate') {
          const one = races[which % Math.max(1, races.length)];
          if (one !== undefined) one.wants = 0;
        } else if (running.length > 0) {
          const one = running[which % running.length];
          if (what === 'end') one.end();
          else {
            one.wants = 0;
            budget.forget(one);
            while (one.running > 0) one.end();
          }
        }
        races = races.filter((race) => race.running > 0 || race.wants > 0);
        check();
      }
      // To the end: everyone gets what they wanted.
      for (let i = 0; i < 2000 && races.length > 0; i += 1) {
        races.find((race) => race.running > 0)?.end();
        races = races.filter((race) => race.running > 0 || race.wants > 0);
        check();
      }
      assert.deepEqual([races.length, budget.total], [0, 0]);
    }),
  );
});
