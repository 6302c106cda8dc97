import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import type { Options } from '../../../../../src/protocol/options.js';
import { type Crowd, Crowds } from '../../../../../src/workers/connection/shared/dialling/crowds.js';

/** Eight at most. */
const limits = { connections_max: 64 } as Options['limits'];

class Race {
  told = 0;
  roomMade(): void {
    this.told += 1;
  }
}

function full(): { crowds: Crowds; deadlines: DeadlineWheel; eight: Crowd[] } {
  const deadlines = new DeadlineWheel(0);
  const crowds = new Crowds({ limits, workers: 1 }, deadlines);
  const eight = Array.from({ length: 8 }, () => crowds.join('0 a.test:1'));
  return { crowds, deadlines, eight };
}

test('a crowd of which none has come to anything has an end, and an outcome makes room', () => {
  const { crowds, eight } = full();
  assert.equal(crowds.hasRoom('0 a.test:1'), false);
  assert.equal(crowds.hasRoom('0 b.test:1'), true);
  const [waiting, gone] = [new Race(), new Race()];
  for (const race of [waiting, gone]) crowds.wait(race, '0 a.test:1');
  crowds.forget(gone, ['0 a.test:1']);
  crowds.decided(eight[0]);
  assert.deepEqual([waiting.told, gone.told, crowds.hasRoom('0 a.test:1')], [1, 0, true]);
  for (const one of eight.slice(1)) crowds.givenUp(one, 0);
  assert.equal(crowds.size, 0);
});

test('what is given up makes no room before all of a crowd has gone and a second has passed', () => {
  const { crowds, deadlines, eight } = full();
  const race = new Race();
  crowds.wait(race, '0 a.test:1');
  for (const one of eight) crowds.givenUp(one, 0);
  deadlines.expire(500);
  assert.deepEqual([race.told, crowds.hasRoom('0 a.test:1')], [0, false]);
  deadlines.expire(2000);
  assert.deepEqual([race.told, crowds.hasRoom('0 a.test:1'), crowds.size], [1, true, 0]);
});

test('a crowd ends with the last that waits for it', () => {
  const { crowds, eight } = full();
  const race = new Race();
  crowds.wait(race, '0 a.test:1');
  for (const one of eight) crowds.givenUp(one, 0);
  crowds.forget(race, ['0 a.test:1']);
  assert.deepEqual([race.told, crowds.size], [0, 0]);
});
