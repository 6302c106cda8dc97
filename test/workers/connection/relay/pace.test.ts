// How the source of a direction is read, by the sizes of what came, and that the parts of the one number do not mix.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  afterRead,
  afterSplice,
  copying,
  fillsBuffers,
  inBulk,
  isBulk,
  isTrickle,
  MESSAGE_MAX,
  type Pace,
  paceOf,
  Reading,
  readingOf,
  usesNagle,
  withoutNagle,
  withReading,
} from '../../../../src/workers/connection/relay/pace.js';

const reads = (pace: Pace, ...sizes: readonly number[]): Pace => sizes.reduce(afterRead, pace);

test('three reads in a row that fill a small buffer ask for larger ones', () => {
  const streaming = withReading(paceOf(false), Reading.stream);
  assert.equal(fillsBuffers(reads(streaming, MESSAGE_MAX, MESSAGE_MAX)), false);
  assert.equal(fillsBuffers(reads(streaming, MESSAGE_MAX, MESSAGE_MAX, 10, MESSAGE_MAX)), false);
  const filled = reads(streaming, MESSAGE_MAX, MESSAGE_MAX, MESSAGE_MAX);
  assert.equal(fillsBuffers(filled), true);
  assert.equal(isBulk(filled), false);
  const bulk = inBulk(filled);
  assert.deepEqual([isBulk(bulk), fillsBuffers(bulk), readingOf(bulk)], [true, false, Reading.stream]);
});

test('large buffers count as filled by half, and end at a read that a small one could have held', () => {
  const bulk = inBulk(paceOf(false));
  assert.equal(fillsBuffers(reads(bulk, 32768, 65536, 40_000)), true);
  const interrupted = reads(bulk, 32768, 32767, 32768, 32768);
  assert.deepEqual([isBulk(interrupted), fillsBuffers(interrupted)], [true, false]);
  assert.equal(isBulk(reads(bulk, MESSAGE_MAX)), true);
  assert.equal(isBulk(reads(bulk, MESSAGE_MAX - 1)), false);
  // What is under way already does not say what the next read brings.
  const stopping = withReading(bulk, Reading.stopping);
  assert.equal(isBulk(reads(stopping, MESSAGE_MAX - 1)), true);
});

test('four small wake-ups in a row end splicing', () => {
  const splicing = inBulk(paceOf(false));
  const small = [1, 16383, 0].reduce(afterSplice, splicing);
  assert.equal(isTrickle(small), false);
  assert.equal(isTrickle(afterSplice(small, 16384)), false);
  assert.equal(isTrickle(afterSplice(small, 100)), true);
  const again = copying(afterSplice(small, 100));
  assert.deepEqual([isTrickle(again), isBulk(again)], [false, true]);
});

test('no part of the number changes another one', () => {
  for (const nagle of [false, true]) {
    for (const reading of Object.values(Reading)) {
      const pace = withReading(reads(inBulk(paceOf(nagle)), 65536, 65536), reading);
      assert.deepEqual([readingOf(pace), isBulk(pace), usesNagle(pace)], [reading, true, nagle]);
      assert.equal(fillsBuffers(afterRead(pace, 65536)), true);
      const without = withoutNagle(pace);
      assert.deepEqual([readingOf(without), isBulk(without), usesNagle(without)], [reading, true, false]);
      assert.equal(fillsBuffers(afterRead(without, 65536)), true);
    }
  }
});
