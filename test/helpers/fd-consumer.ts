// The consuming thread of the fd queue's test: takes numbers until the last one and reports whether they came in order. It
// sleeps as an actor does, with Atomics.wait in place of a doorbell.
import { parentPort, workerData } from 'node:worker_threads';
import { FdQueue } from '../../src/threads/shared/fd-queue.js';

const { memory, bell, last } = workerData as { memory: SharedArrayBuffer; bell: SharedArrayBuffer; last: number };
const queue = new FdQueue(memory);
const rung = new Int32Array(bell);
let expected = 0;
let sleeps = 0;
let disorder = 0;
while (expected <= last) {
  const seen = Atomics.load(rung, 0);
  if (queue.fallAsleep()) {
    sleeps += 1;
    Atomics.wait(rung, 0, seen);
  }
  queue.wakeUp();
  for (let fd = queue.next(); fd >= 0; fd = queue.next()) {
    if (fd !== expected) disorder += 1;
    expected += 1;
    queue.taken();
  }
}
parentPort?.postMessage({ taken: expected, sleeps, disorder });
