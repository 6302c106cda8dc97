import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { StartGate } from '../../../src/main/actors/start-gate.js';

/** Starts that end when they are told to. */
function starts(gate: StartGate, count: number) {
  const begun: number[] = [];
  const finish: ((how: string | Error) => void)[] = [];
  const outcomes = Array.from({ length: count }, (_, index) =>
    gate.pass(() => {
      begun.push(index);
      return new Promise<string>((resolve, reject) => {
        finish[index] = (how) => (typeof how === 'string' ? resolve(how) : reject(how));
      });
    }),
  );
  return { begun, finish, outcomes };
}

test('no more start at a time than may, in the order in which they came', async () => {
  const { begun, finish, outcomes } = starts(new StartGate(2), 4);
  await setImmediate();
  assert.deepEqual(begun, [0, 1]);
  finish[1]('serves');
  await setImmediate();
  assert.deepEqual(begun, [0, 1, 2]);
  finish[0]('serves');
  await setImmediate();
  finish[2]('serves');
  finish[3]('serves');
  assert.deepEqual(await Promise.all(outcomes), ['serves', 'serves', 'serves', 'serves']);
});

test('one that fails makes room too', async () => {
  const gate = new StartGate(1);
  const { begun, finish, outcomes } = starts(gate, 2);
  await setImmediate();
  finish[0](new Error('no thread'));
  await assert.rejects(outcomes[0], /no thread/);
  await setImmediate();
  assert.deepEqual(begun, [0, 1]);
  finish[1]('serves');
  assert.equal(await outcomes[1], 'serves');
  assert.equal(await gate.pass(async () => 'later'), 'later');
});

test('once it is closed nothing is started any more', async () => {
  const gate = new StartGate(1);
  const { begun, finish, outcomes } = starts(gate, 3);
  await setImmediate();
  gate.close();
  finish[0]('serves');
  assert.deepEqual(await Promise.all(outcomes), ['serves', undefined, undefined]);
  assert.equal(await gate.pass(async () => 'later'), undefined);
  assert.deepEqual(begun, [0]);
});
