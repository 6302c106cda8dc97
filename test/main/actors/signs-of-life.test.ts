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

test('how late an actor is is told once for each beat', () => {
  const life = new SignsOfLife();
  const beats = new Int32Array(life.begin());
  assert.equal(life.late(), undefined);
  Atomics.store(beats, 1, 25);
  Atomics.add(beats, 0, 1);
  assert.deepEqual([life.late(), life.late()], [2.5, undefined]);
  const next = new Int32Array(life.begin());
  assert.equal(life.late(), undefined);
  Atomics.add(next, 0, 1);
  assert.equal(life.late(), 0);
});
