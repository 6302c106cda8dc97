// The engine beside libuv: while a thread waits in the engine, what Node itself does in that thread goes on, and what
// the engine hears is heard at once. Both engines, this thread's own libuv loop.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessageChannel, Worker } from 'node:worker_threads';
import { makeDoorbell } from '../../../src/linux/doorbell.js';
import { BufferGroup } from '../../../src/linux/engine/buffers.js';
import { Loop, type TurningEngine } from '../../../src/linux/engine/loop.js';
import * as libc from '../../../src/linux/libc.js';
import { sendBytes } from '../../../src/linux/sockets.js';
import { ENGINES, Recorder, World } from '../world.js';

const HELLO = Buffer.from('hello');
/** Far beyond what any of this takes: a wait that nothing ends. */
const LONG_MS = 30_000;
const patient = { mayWait: () => LONG_MS, turned: () => {} };

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: the loop`, { skip: missing ?? false }, () => {
    test('libuv is watched on this Node', () => {
      const world = new World(kind);
      assert.equal(new Loop(world.engine, patient).watchesLibuv, true);
      world.end();
    });

    test('timers, immediates and promises keep working while the engine waits, and stop ends the run', async () => {
      const world = new World(kind);
      const loop = new Loop(world.engine, patient);
      const seen: string[] = [];
      setTimeout(() => seen.push('timer'), 5);
      setImmediate(() => seen.push('immediate'));
      void Promise.resolve().then(() => seen.push('promise'));
      setTimeout(() => {
        seen.push('stop');
        loop.stop();
      }, 120);
      await loop.run();
      assert.equal(seen.at(-1), 'stop');
      assert.deepEqual(seen.toSorted(), ['immediate', 'promise', 'stop', 'timer']);
      world.end();
    });

    test('a listener that used a promise or a timer has it run when it says so', async () => {
      const world = new World(kind);
      const loop = new Loop(world.engine, patient);
      const heard = new Recorder();
      const { socket } = world.connection(heard);
      heard.react = () => {
        setImmediate(() => loop.stop());
        loop.leave();
      };
      world.engine.pollOut(socket);
      await loop.run();
      assert.equal(heard.heard.length, 1);
      world.end();
    });

    test('messages of another thread are answered without waiting for the engine', async () => {
      const world = new World(kind);
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(new URL('../mirror-worker.js', import.meta.url), {
        workerData: { port: port2 },
        transferList: [port2],
      });
      await new Promise((resolve) => worker.once('message', resolve));
      const loop = new Loop(world.engine, patient);
      const rounds = 40;
      let answered = 0;
      port1.on('message', () => {
        answered += 1;
        if (answered === rounds) loop.stop();
        else port1.postMessage(answered);
      });
      port1.postMessage(0);
      const start = performance.now();
      await loop.run();
      assert.equal(answered, rounds);
      // A loop that did not hear libuv's fd would take its 50 ms for each.
      assert.ok(performance.now() - start < rounds * 25, `${performance.now() - start} ms`);
      port1.close();
      await worker.terminate();
      world.end();
    });

    test('a doorbell rung from another thread wakes the loop, and is heard once', async () => {
      const doorbell = makeDoorbell();
      const gate = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(new URL('../ringing-worker.js', import.meta.url), { workerData: { doorbell, gate } });
      await new Promise((resolve) => worker.once('message', resolve));
      const world = new World(kind);
      world.keep(doorbell);
      const loop = new Loop(world.engine, {
        mayWait() {
          Atomics.store(gate, 0, 1);
          Atomics.notify(gate, 0);
          return LONG_MS;
        },
        turned() {},
      });
      let rung = 0;
      world.engine.watch(doorbell, () => {
        rung += 1;
        loop.stop();
      });
      await loop.run();
      assert.equal(rung, 1);
      await worker.terminate();
      world.end();
    });

    test('the engine hears its sockets while libuv is idle', async () => {
      const world = new World(kind);
      const heard = new Recorder();
      const { socket, peer } = world.connection(heard);
      const loop = new Loop(world.engine, patient);
      heard.react = () => {
        if (heard.heard.length === 200) loop.stop();
        else {
          sendBytes(peer, HELLO);
          world.engine.receive(socket, BufferGroup.small);
        }
      };
      sendBytes(peer, HELLO);
      world.engine.receive(socket, BufferGroup.small);
      await loop.run();
      assert.equal(heard.bytes.length, 200 * HELLO.length);
      world.end();
    });

    test('each turn is followed by its hook, and no wait is longer than the hook allows', async () => {
      const world = new World(kind);
      let asked = 0;
      let turned = 0;
      const loop = new Loop(world.engine, {
        mayWait() {
          asked += 1;
          return 1;
        },
        turned() {
          turned += 1;
          // With libuv busy, as with what the runner prints, it may not wait for a while.
          if (turned >= 30 && asked > 0) loop.stop();
        },
      });
      await loop.run();
      assert.equal(turned, world.engine.counts.turns);
      assert.ok(asked <= turned);
      world.end();
    });

    test('an idle loop sleeps: it turns about as often as it must return to libuv', async () => {
      const world = new World(kind);
      const loop = new Loop(world.engine, patient);
      setTimeout(() => loop.stop(), 500);
      await loop.run();
      assert.ok(world.engine.counts.turns < 100, `${world.engine.counts.turns} turns`);
      world.end();
    });

    test('what a listener throws rejects the run', async () => {
      const world = new World(kind);
      const heard = new Recorder();
      heard.react = () => {
        throw new Error('a bug of ours');
      };
      const { socket } = world.connection(heard);
      world.engine.pollOut(socket);
      await assert.rejects(new Loop(world.engine, patient).run(), /a bug of ours/);
      const { turns } = world.engine.counts;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(world.engine.counts.turns, turns, 'and nothing turns any more');
      world.end();
    });

    test('what a hook throws rejects the run', async () => {
      const world = new World(kind);
      const turned = (): void => {
        throw new Error('a bug in a hook');
      };
      await assert.rejects(new Loop(world.engine, { mayWait: () => 0, turned }).run(), /a bug in a hook/);
      world.end();
    });

    test('a loop stopped before it runs ends at once', async () => {
      const world = new World(kind);
      const loop = new Loop(world.engine, patient);
      loop.stop();
      await loop.run();
      world.end();
    });
  });
}

/** An engine whose waits are over at once, and in which things happen when the test says so. */
class Pretended implements TurningEngine {
  now = performance.now();
  readonly waits: number[] = [];
  outcomes: (timeout_ms: number) => number = () => 0;
  clock(): number {
    return performance.now();
  }
  watch(): void {}
  turn(timeout_ms: number): number {
    if (timeout_ms > 0) this.waits.push(Math.round(timeout_ms));
    this.now = performance.now() + timeout_ms;
    return this.outcomes(timeout_ms);
  }
}

/** How long a loop stays, where things happen as told. */
async function stays(
  outcomes: (timeout_ms: number, waits: number) => number,
  most: number,
  isTimed?: (waits: number) => boolean,
): Promise<number[]> {
  const engine = new Pretended();
  const turned = (): void => {
    if (engine.waits.length >= most) loop.stop();
  };
  const timed = isTimed === undefined ? {} : { isTimed: () => isTimed(engine.waits.length) };
  const loop = new Loop(engine, { mayWait: () => LONG_MS, turned, ...timed });
  engine.outcomes = (timeout_ms) => outcomes(timeout_ms, engine.waits.length);
  await loop.run();
  return engine.waits;
}

test('where nothing happens the stay doubles, up to 2.5 s', async () => {
  const waits = await stays(() => 0, 8);
  for (const [i, least] of [50, 100, 200, 400, 800, 1600, 2500, 2500].entries()) {
    assert.ok(Math.abs(waits[i] - least) <= 5, `${waits}`);
  }
});

test('while timers are needed in time no stay is long', async () => {
  const waits = await stays(
    () => 0,
    8,
    (count) => count >= 3 && count < 6,
  );
  for (const [i, least] of [50, 100, 200, 50, 50, 50, 100, 200].entries()) {
    assert.ok(Math.abs(waits[i] - least) <= 5, `${waits}`);
  }
});

test('what happens while libuv’s watchers are registered ends the long stays, too', async () => {
  let told = false;
  const waits = await stays((timeout_ms, count) => {
    if (timeout_ms > 0 || count < 6 || told) return 0;
    told = true;
    return 1;
  }, 8);
  assert.ok(waits[5] > 900 && waits[6] <= 55, `${waits}`);
});

test('the fd of this thread’s libuv loop is an epoll', () => {
  const fd = libc.libuvBackendFd();
  assert.ok(fd !== undefined && fd >= 0);
});
