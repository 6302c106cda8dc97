// When accepting may rest: only while every actor that serves has something to do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lanes } from '../../../src/main/accept/dispatcher.js';
import { Counters } from '../../../src/threads/shared/counters.js';
import { FdQueue } from '../../../src/threads/shared/fd-queue.js';

const CAPACITY = 8;

function lanesOf(actors: number) {
  const queues = Array.from({ length: actors }, () => new FdQueue(FdQueue.create(CAPACITY)));
  const counters = new Counters(Counters.create(actors));
  const ways = queues.map((queue) => ({ queue, capacity: CAPACITY, doorbell: -1 }));
  return { queues, lanes: new Lanes(ways, counters) };
}

test('there is no rest while an actor has nothing queued', () => {
  const { queues, lanes } = lanesOf(2);
  lanes.open(0);
  lanes.open(1);
  lanes.hand(3);
  assert.equal(lanes.rest(), false);
  assert.deepEqual(
    queues.map(({ isResting }) => isResting),
    [false, false],
  );
  lanes.hand(4);
  assert.equal(lanes.rest(), true);
  assert.equal(lanes.areBusy, true);
});

test('an actor that does not serve keeps nobody from resting', () => {
  const { lanes } = lanesOf(2);
  lanes.open(0);
  lanes.hand(3);
  assert.equal(lanes.rest(), true);
  assert.equal(lanes.areBusy, true);
});

test('the first actor that has nothing to do ends the rest of all', () => {
  const { queues, lanes } = lanesOf(2);
  lanes.open(0);
  lanes.open(1);
  for (let fd = 3; fd < 7; fd += 1) lanes.hand(fd);
  lanes.rest();
  assert.equal(queues[1].mustTell(), true);
  assert.equal(lanes.areBusy, false);
  lanes.rouse();
  assert.equal(queues[0].mustTell(), false);
});
