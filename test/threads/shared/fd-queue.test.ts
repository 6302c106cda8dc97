import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { FdQueue } from '../../../src/threads/shared/fd-queue.js';

test('a million fds cross to another thread in order, none lost, none waited for in vain', async () => {
  const last = 999_999;
  const memory = FdQueue.create(1024);
  const bell = new SharedArrayBuffer(4);
  const queue = new FdQueue(memory);
  const rung = new Int32Array(bell);
  const consumer = new Worker(new URL('../../helpers/fd-consumer.js', import.meta.url), {
    workerData: { memory, bell, last },
  });
  const result = once(consumer, 'message');
  const exit = once(consumer, 'exit');
  const wake = (): void => {
    if (!queue.mustRing()) return;
    Atomics.add(rung, 0, 1);
    Atomics.notify(rung, 0);
  };
  for (let fd = 0; fd <= last; ) {
    let pushed = 0;
    while (fd <= last && pushed < 100 && queue.push(fd)) {
      fd += 1;
      pushed += 1;
    }
    wake();
    if (pushed === 0) await turn();
  }
  const [{ taken, sleeps, disorder }] = await result;
  assert.deepEqual({ taken, disorder }, { taken: last + 1, disorder: 0 });
  assert.ok(sleeps > 0, 'the consumer slept at least once');
  assert.equal(queue.length, 0);
  await exit;
});

test('a full ring takes no more, and what is not yet taken still counts', () => {
  const queue = new FdQueue(FdQueue.create(4));
  for (const fd of [3, 4, 5, 6]) assert.equal(queue.push(fd), true);
  assert.equal(queue.push(7), false);
  assert.equal(queue.next(), 3);
  assert.equal(queue.next(), 3);
  assert.equal(queue.push(7), false);
  queue.taken();
  assert.equal(queue.push(7), true);
  assert.equal(queue.length, 4);
  const rest: number[] = [];
  for (let fd = queue.next(); fd >= 0; fd = queue.next()) {
    rest.push(fd);
    queue.taken();
  }
  assert.deepEqual(rest, [4, 5, 6, 7]);
  assert.equal(queue.next(), -1);
});

test('the bell is rung once a sleep, and not for one who is awake', () => {
  const queue = new FdQueue(FdQueue.create(4));
  queue.push(3);
  assert.equal(queue.mustRing(), false);
  assert.equal(queue.fallAsleep(), false, 'there is one to take');
  queue.next();
  queue.taken();
  assert.equal(queue.fallAsleep(), true);
  queue.push(4);
  assert.equal(queue.mustRing(), true);
  assert.equal(queue.mustRing(), false);
});

test('a producer that rests is told once that there is nothing to do, and not after its rest', () => {
  const queue = new FdQueue(FdQueue.create(4));
  assert.equal(queue.mustTell(), false);
  queue.rest();
  assert.equal(queue.isResting, true);
  assert.equal(queue.mustTell(), true);
  assert.equal(queue.isResting, false);
  assert.equal(queue.mustTell(), false);
  queue.rest();
  queue.rouse();
  assert.equal(queue.mustTell(), false);
});
