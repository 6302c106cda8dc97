// Doorbells that the engine hears. io_uring and epoll alike.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { makeDoorbell, ring } from '../../../src/linux/doorbell.js';
import { ENGINES } from '../world.js';
import { scenarioOf } from './scenario.js';

for (const engine of ENGINES) {
  const { kind } = engine;
  const scenario = scenarioOf(engine);

  describe(`${kind}: watching`, () => {
    scenario('each ring of a doorbell is heard, and one that is never read does not spin', (world) => {
      const doorbell = makeDoorbell();
      world.keep(doorbell);
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
      });
      world.settle();
      assert.equal(rung, 0);
      for (let i = 1; i <= 5; i += 1) {
        ring(doorbell);
        world.until(() => rung >= i, 'the ring');
        world.settle();
        assert.equal(rung, i);
      }
      const start = performance.now();
      for (let i = 0; i < 3; i += 1) world.engine.turn(30);
      assert.ok(performance.now() - start >= 60, 'nothing wakes it');
      assert.equal(rung, 5);
    });

    scenario('a ring from before the watch is heard', (world) => {
      const doorbell = makeDoorbell();
      world.keep(doorbell);
      ring(doorbell);
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
      });
      world.until(() => rung === 1, 'the ring');
    });

    scenario('two watches are told apart', (world) => {
      const doorbells = [makeDoorbell(), makeDoorbell()];
      world.keep(...doorbells);
      const rung = [0, 0];
      for (const [i, doorbell] of doorbells.entries()) {
        world.engine.watch(doorbell, () => {
          rung[i] += 1;
        });
      }
      ring(doorbells[1]);
      world.until(() => rung[1] === 1, 'the second');
      assert.deepEqual(rung, [0, 1]);
    });
  });
}
