// When accepting may rest: only while every actor that serves has something to do. And how connections are counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dispatcher } from '../../../src/main/accept/dispatcher.js';
import { Counter, Counters } from '../../../src/threads/shared/counters.js';
import { FdQueue } from '../../../src/threads/shared/fd-queue.js';

const CAPACITY = 8;

/** Of actors that close one connection each time when they are asked how many they have closed. */
class ClosingCounters extends Counters {
  override read(actor: number, counter: Counter): number {
    const count = super.read(actor, counter);
    if (counter === Counter.closed) this.of(actor)[counter] += 1;
    return count;
  }
}

function dispatcherOf(actors: number) {
  const queues = Array.from({ length: actors }, () => new FdQueue(FdQueue.create(CAPACITY)));
  const counters = new Counters(Counters.create(actors));
  const ways = queues.map((queue) => ({ queue, capacity: CAPACITY, doorbell: -1 }));
  return { queues, dispatcher: new Dispatcher(ways, counters) };
}

test('there is no rest while an actor has nothing queued', () => {
  const { queues, dispatcher } = dispatcherOf(2);
  dispatcher.open(0);
  dispatcher.open(1);
  dispatcher.hand(3);
  assert.equal(dispatcher.rest(), false);
  assert.deepEqual(
    queues.map(({ isResting }) => isResting),
    [false, false],
  );
  dispatcher.hand(4);
  assert.equal(dispatcher.rest(), true);
  assert.equal(dispatcher.areBusy, true);
});

test('an actor that does not serve keeps nobody from resting', () => {
  const { dispatcher } = dispatcherOf(2);
  dispatcher.open(0);
  dispatcher.hand(3);
  assert.equal(dispatcher.rest(), true);
  assert.equal(dispatcher.areBusy, true);
});

test('the first actor that has nothing to do ends the rest of all', () => {
  const { queues, dispatcher } = dispatcherOf(2);
  dispatcher.open(0);
  dispatcher.open(1);
  for (let fd = 3; fd < 7; fd += 1) dispatcher.hand(fd);
  dispatcher.rest();
  assert.equal(queues[1].mustTell(), true);
  assert.equal(dispatcher.areBusy, false);
  dispatcher.rouse();
  assert.equal(queues[0].mustTell(), false);
});

test('live and closed connections are those of one time, also while actors close some', () => {
  const lanes = [0, 1].map(() => ({ queue: new FdQueue(FdQueue.create(CAPACITY)), capacity: CAPACITY, doorbell: -1 }));
  const dispatcher = new Dispatcher(lanes, new ClosingCounters(Counters.create(2)));
  for (const actor of [0, 1]) dispatcher.open(actor);
  for (let fd = 3; fd < 13; fd += 1) dispatcher.hand(fd);
  const [first, second] = [dispatcher.census(), dispatcher.census()];
  assert.equal(second.closed - first.closed, 2);
  assert.equal(first.live + first.closed, second.live + second.closed);
});

test('an actor that is paused keeps its connections and gets no more, and one that is removed has counted', () => {
  const counters = new Counters(Counters.create(2));
  const lane = () => ({ queue: new FdQueue(FdQueue.create(CAPACITY)), capacity: CAPACITY, doorbell: -1 });
  const dispatcher = new Dispatcher([lane()], counters);
  dispatcher.add(1, lane());
  for (const actor of [0, 1]) dispatcher.open(actor);
  for (const fd of [3, 4, 5, 6]) dispatcher.hand(fd);
  dispatcher.pause(1);
  dispatcher.hand(7);
  assert.deepEqual([dispatcher.liveOf(0), dispatcher.liveOf(1), dispatcher.live()], [3, 2, 5]);
  assert.equal(dispatcher.room(), CAPACITY - 3);
  counters.of(1)[Counter.closed] = 2;
  assert.deepEqual(dispatcher.census(), { live: 3, closed: 2 });
  dispatcher.remove(1);
  assert.deepEqual(dispatcher.census(), { live: 3, closed: 2 });
  // Another actor with its number goes on counting.
  dispatcher.add(1, lane());
  dispatcher.open(1);
  dispatcher.hand(8);
  assert.deepEqual([dispatcher.liveOf(1), dispatcher.census()], [1, { live: 4, closed: 2 }]);
});
