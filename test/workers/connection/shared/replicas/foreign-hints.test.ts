// What a connection actor asks of the share actor and keeps of its answers: bounds, and when something is forgotten.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { ForeignHint } from '../../../../../src/threads/contracts/share.js';
import { Counter } from '../../../../../src/threads/shared/counters.js';
import { ForeignHints } from '../../../../../src/workers/connection/shared/replicas/foreign-hints.js';

const hint = (destination: string, age_ms = 0): ForeignHint => ({
  ...{ destination, line: 0, ip: undefined, connect_ms: 1, first_byte_ms: 1, mute: [], from: 'b', age_ms },
});

const PLACE = { kind: 'unix', path: '/run/redis', username: undefined, password: undefined, database: 0 } as const;
const SHARED = { url: [PLACE], routes: true, news: true };

class World {
  now = 1000;
  readonly counters = new Float64Array(Object.keys(Counter).length);
  readonly hints = new ForeignHints(() => this.now, this.counters);

  constructor() {
    this.hints.set(SHARED);
  }

  /** Asks, and returns how many questions there are by now. */
  ask(destination: string): number {
    this.hints.ask(destination, this.now);
    return this.counters[Counter.hintsAsked];
  }

  find(destination: string): number | undefined {
    return this.hints.find(destination, this.now)?.age_ms;
  }
}

test('the questions of a turn are one message, and answers are heard until the share actor goes', async () => {
  const world = new World();
  const { port1, port2 } = new MessageChannel();
  assert.equal(world.hints.isOn, false);
  world.hints.connect(port1);
  // The actor's own port keeps no thread alive.
  port1.ref();
  assert.equal(world.hints.isOn, true);
  for (const name of ['a.test:443', 'b.test:443', 'a.test:443']) world.ask(name);
  world.hints.flush();
  world.hints.flush();
  const [asked] = await once(port2, 'message');
  assert.deepEqual(asked, ['a.test:443', 'b.test:443']);
  port2.postMessage([hint('b.test:443', 500)]);
  await once(port1, 'message');
  assert.deepEqual([world.find('a.test:443'), world.find('b.test:443')], [undefined, 500]);
  port2.close();
  await once(port1, 'close');
  assert.deepEqual([world.hints.isOn, world.find('b.test:443')], [false, undefined]);
});

test('another share actor takes the place of the one before', async () => {
  const world = new World();
  const [first, second] = [new MessageChannel(), new MessageChannel()];
  world.hints.connect(first.port1);
  world.hints.connect(second.port1);
  for (const { port2 } of [first, second]) port2.ref();
  await once(first.port2, 'close');
  assert.equal(world.hints.isOn, true, 'the end of the earlier one is not that of the later one');
  world.hints.close();
  await once(second.port2, 'close');
});

test('where routes are not shared nobody is asked, and a reload forgets what was told', () => {
  const world = new World();
  const { port1 } = new MessageChannel();
  world.hints.connect(port1);
  world.ask('a.test:443');
  world.hints.told([hint('a.test:443')]);
  const changed = [SHARED, { ...SHARED, routes: false }, { ...SHARED, news: false }, { ...SHARED, url: null }];
  const on = changed.map((share) => {
    world.hints.set(share);
    return [world.hints.isOn, world.hints.hasNews];
  });
  assert.deepEqual(on, [
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ]);
  assert.equal(world.find('a.test:443'), undefined);
  world.hints.close();
});

test('a hint grows old, and is kept for a minute', () => {
  const world = new World();
  world.ask('a.test:443');
  world.hints.told([hint('a.test:443', 12_000)]);
  world.now += 59_999;
  assert.equal(world.find('a.test:443'), 71_999);
  world.now += 1;
  assert.equal(world.find('a.test:443'), undefined);
  assert.equal(world.ask('a.test:443'), 2);
});

test('what was not asked for is dropped', () => {
  const world = new World();
  world.hints.told([hint('a.test:443')]);
  assert.deepEqual([world.find('a.test:443'), world.counters[Counter.hintsTold]], [undefined, 0]);
});

test('a question is not asked again at once, and not at all for what has been measured', () => {
  const world = new World();
  assert.deepEqual([world.ask('a.test:443'), world.ask('a.test:443')], [1, 1]);
  world.now += 1000;
  assert.equal(world.ask('a.test:443'), 2);
  world.hints.measured('a.test:443');
  world.hints.told([hint('a.test:443')]);
  world.now += 1000;
  assert.deepEqual([world.find('a.test:443'), world.ask('a.test:443')], [undefined, 2]);
});

test('a hint that comes when a race has begun to dial is too late, and is counted once', () => {
  const world = new World();
  world.ask('a.test:443');
  world.hints.missed('a.test:443');
  for (const age_ms of [1, 2]) world.hints.told([hint('a.test:443', age_ms)]);
  assert.deepEqual([world.counters[Counter.hintsTold], world.counters[Counter.hintsTooLate]], [2, 1]);
});

test('there are no more questions in a turn, and no more kept, than the bounds', () => {
  const world = new World();
  for (let i = 0; i < 300; i += 1) world.ask(`${i}.test:443`);
  assert.equal(world.counters[Counter.hintsAsked], 256);
  for (let i = 0; i < 5000; i += 1) {
    if (i % 256 === 0) world.hints.flush();
    world.ask(`${i}.other.test:443`);
  }
  world.hints.flush();
  const told = Array.from({ length: 5000 }, (_, i) => hint(`${i}.other.test:443`));
  const before = world.counters[Counter.hintsTold];
  world.hints.told(told);
  assert.equal(world.counters[Counter.hintsTold] - before, 4096);
  assert.deepEqual([world.find('0.other.test:443'), world.find('4999.other.test:443')], [undefined, 0]);
});
