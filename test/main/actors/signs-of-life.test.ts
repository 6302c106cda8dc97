import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignsOfLife } from '../../../src/main/actors/signs-of-life.js';

test('an actor that beats is not asked, one that has missed two checks is, and a start begins a new count', async () => {
  const life = new SignsOfLife();
  let asked = 0;
  const shown = () =>
    life.shown(async () => {
      asked += 1;
      return true;
    });
  let beats = new Int32Array(life.begin());
  Atomics.add(beats, 0, 1);
  assert.deepEqual([await shown(), await shown(), asked], [true, false, 0]);
  assert.deepEqual([await shown(), asked], [true, 1]);
  Atomics.add(beats, 0, 1);
  assert.deepEqual([await shown(), await shown(), asked], [true, false, 1]);
  beats = new Int32Array(life.begin());
  assert.equal(await shown(), false);
  Atomics.add(beats, 0, 1);
  assert.deepEqual([await shown(), asked], [true, 1]);
});
