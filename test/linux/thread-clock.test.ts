// The clock that leaves out what its thread was away, against real time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ThreadClock } from '../../src/linux/thread-clock.js';

const word = new Int32Array(new SharedArrayBuffer(4));
/** Nothing else runs in this thread meanwhile, as if it were stopped. */
const standStill = (time_ms: number) => Atomics.wait(word, 0, 0, time_ms);

test('a wait that was meant counts in full', () => {
  const clock = new ThreadClock();
  const before = clock.look(0);
  standStill(300);
  const passed = clock.look(300) - before;
  assert.equal(clock.wasAway, false);
  assert.ok(passed > 290 && passed < 400, `${passed} ms`);
});

test('an absence counts for a tenth of a second, whatever was meant', () => {
  const clock = new ThreadClock();
  const before = clock.look(0);
  standStill(700);
  assert.equal(Math.round(clock.look(50) - before), 100);
  assert.equal(clock.wasAway, true);
  clock.look(0);
  assert.equal(clock.wasAway, false);
});

test('in a thread that is away again and again the clock goes on', () => {
  const clock = new ThreadClock();
  const before = clock.look(0);
  for (let absences = 0; absences < 5; absences += 1) {
    standStill(150);
    clock.look(0);
  }
  assert.equal(Math.round(clock.look(0) - before), 500);
});

test('between two looks it is read as it goes', () => {
  const clock = new ThreadClock();
  standStill(300);
  const at = clock.look(0);
  standStill(20);
  const passed = clock.read() - at;
  assert.ok(passed >= 19 && passed < 120, `${passed} ms`);
});

test('the clock never goes back, also where it is read after an absence of which nobody knows yet', () => {
  const clock = new ThreadClock();
  clock.look(0);
  standStill(250);
  const read = clock.read();
  const looked = clock.look(0);
  assert.equal(clock.wasAway, true);
  assert.ok(looked >= read && clock.read() >= looked, `${read} ${looked}`);
});

test('an absence in the midst of a turn is left out by a reading, and the next look tells of it', () => {
  const clock = new ThreadClock();
  const before = clock.look(0);
  standStill(700);
  const read = clock.read();
  assert.equal(Math.round(read - before), 100);
  assert.ok(clock.sinceLook() > 690, 'the time of a turn is told as it was');
  const looked = clock.look(0);
  assert.ok(looked - read < 100, `${looked - read} ms`);
  assert.equal(clock.wasAway, true);
  clock.look(0);
  assert.equal(clock.wasAway, false);
});
