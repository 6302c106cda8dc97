// What gateways add to the sum of a month, over numbers as the engine has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MonthUse } from '../../../../src/protocol/share/quota/month-use.js';

class Engine {
  own = new Map<string, number>();
  sum = 0;

  /** `isHeard`: else the answer is lost. */
  ask(month: MonthUse, gateway: string, used: number, isHeard = true): void {
    const question = month.question(used);
    const bytes = question.kind === 'add' ? question.bytes : 0;
    this.own.set(gateway, (this.own.get(gateway) ?? 0) + bytes);
    this.sum += bytes;
    if (isHeard) month.answered(used, this.own.get(gateway) as number, this.sum);
    else month.unanswered();
  }

  lose(): void {
    this.own = new Map();
    this.sum = 0;
  }
}

/** Asks until all is told. */
function settle(engine: Engine, month: MonthUse, gateway: string, used: number): void {
  for (let times = 0; times < 3; times += 1) engine.ask(month, gateway, used);
}

test('each gateway adds what it has carried once, and hears what the others have', () => {
  const [engine, one, two] = [new Engine(), new MonthUse(), new MonthUse()];
  assert.equal(one.others, undefined);
  assert.deepEqual(one.question(100), { kind: 'read' }, 'it asks first what is known of it');
  settle(engine, one, 'a', 100);
  settle(engine, two, 'b', 30);
  settle(engine, one, 'a', 150);
  assert.deepEqual([engine.sum, one.others, two.others], [180, 30, 100]);
});

test('an answer that was lost counts once, whether or not the engine has done it', () => {
  const [engine, one] = [new Engine(), new MonthUse()];
  settle(engine, one, 'a', 100);
  engine.ask(one, 'a', 150, false);
  settle(engine, one, 'a', 160);
  assert.equal(engine.sum, 160);
  one.question(200);
  one.unanswered();
  settle(engine, one, 'a', 200);
  assert.equal(engine.sum, 200);
});

test('an engine that was emptied gets again what each gateway has, whoever comes first', () => {
  const [engine, one, two] = [new Engine(), new MonthUse(), new MonthUse()];
  settle(engine, one, 'a', 60);
  settle(engine, two, 'b', 40);
  engine.lose();
  settle(engine, one, 'a', 200);
  settle(engine, two, 'b', 45);
  settle(engine, one, 'a', 200);
  assert.deepEqual([engine.sum, one.others, two.others], [245, 45, 200]);
});

test('a gateway that has lost its own count goes on with that of the engine', () => {
  const [engine, before, other] = [new Engine(), new MonthUse(), new MonthUse()];
  settle(engine, before, 'a', 500);
  settle(engine, other, 'b', 10);
  const after = new MonthUse();
  settle(engine, after, 'a', 0);
  assert.equal(after.others, 510, 'what it has forgotten is used all the same');
  settle(engine, after, 'a', 20);
  assert.deepEqual([engine.sum, after.others], [530, 510]);
  settle(engine, other, 'b', 10);
  assert.equal(other.others, 520);
});
