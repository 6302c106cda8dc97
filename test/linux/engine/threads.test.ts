// An engine in another thread, and a doorbell rung from one. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { makeDoorbell } from '../../../src/linux/doorbell.js';
import { closeFd } from '../../../src/linux/sockets.js';
import { openFds } from '../peers.js';
import { ENGINES, World } from '../world.js';

for (const engine of ENGINES) {
  const { kind, missing } = engine;

  describe(`${kind}: threads`, () => {
    test('a doorbell rung from another thread ends a long wait', { skip: missing ?? false }, async () => {
      const doorbell = makeDoorbell();
      const gate = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL('../ringing-worker.js', import.meta.url), { workerData: { doorbell, gate } });
      await new Promise((resolve) => worker.once('message', resolve));
      const world = new World(kind);
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
      });
      world.settle();
      const start = performance.now();
      // The worker rings only once it is told to, which is the last thing before this thread waits.
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      world.engine.turn(20_000);
      assert.equal(rung, 1);
      assert.ok(performance.now() - start < 10_000);
      world.end();
      await worker.terminate();
      closeFd(doorbell);
    });

    test('an engine works inside a worker thread', { skip: missing ?? false }, async () => {
      const before = openFds();
      const worker = new Worker(new URL('../echo-worker.js', import.meta.url), { workerData: { kind } });
      const answers: unknown[] = [];
      worker.on('message', (answer) => answers.push(answer));
      const code = await new Promise((resolve, reject) => {
        worker.once('exit', resolve);
        worker.once('error', reject);
      });
      assert.equal(code, 0);
      assert.deepEqual(answers, ['hello']);
      const left = [...openFds()].filter(([fd, what]) => !before.has(fd) && /socket|io_uring/.test(what));
      assert.deepEqual(left, []);
    });
  });
}
