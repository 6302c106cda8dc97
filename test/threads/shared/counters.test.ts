import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Counters } from '../../../src/threads/shared/counters.js';
import { RoomFlag } from '../../../src/threads/shared/room-flag.js';

test('every actor counts in a slice of its own', () => {
  const memory = Counters.create(3);
  const counters = new Counters(memory);
  counters.of(1)[Counter.opened] += 2;
  counters.of(2)[Counter.bytesDown] += 2 ** 40;
  const reader = new Counters(memory);
  assert.equal(reader.read(1, Counter.opened), 2);
  assert.equal(reader.read(2, Counter.bytesDown), 2 ** 40);
  for (const counter of Object.values(Counter)) assert.equal(reader.read(0, counter), 0);
});

test('every counter has a place of its own, inside its slice', () => {
  const places: readonly number[] = Object.values(Counter);
  assert.equal(new Set(places).size, places.length);
  const slice = new Counters(Counters.create(1)).of(0);
  for (const place of places) assert.equal(slice[place], 0);
});

test('a raised flag is lowered once, by one of many', () => {
  const memory = RoomFlag.create();
  const main = new RoomFlag(memory);
  const actors = [new RoomFlag(memory), new RoomFlag(memory)];
  assert.deepEqual(
    actors.map((flag) => flag.lower()),
    [false, false],
  );
  main.raise();
  main.raise();
  assert.deepEqual(
    actors.map((flag) => flag.lower()),
    [true, false],
  );
});
