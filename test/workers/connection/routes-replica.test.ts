// A connection actor's replica of the routes, against a route actor that the test plays: what it reports, and what it takes
// over of what it is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { formatIp, parseIp } from '../../../src/protocol/address.js';
import type { Candidate } from '../../../src/protocol/candidate.js';
import { DestinationMemory } from '../../../src/protocol/destination-memory.js';
import type { Line } from '../../../src/protocol/line.js';
import { type LineEvent, LineHealth } from '../../../src/protocol/line-health.js';
import type { RouteReport, RouteSubscriber, RoutesActor } from '../../../src/protocol/messages.js';
import type { Options } from '../../../src/protocol/options.js';
import { type RouteState, stateOf } from '../../../src/protocol/route-state.js';
import { call, type Remote, serve } from '../../../src/threads/port.js';
import { RoutesReplica } from '../../../src/workers/connection/routes-replica.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { until } from '../../helpers/until.js';

const ACTOR = 3;
const NAME = 'a.test:443';
const TTL_MS = 600_000;
const at = (line: number, address: string): Candidate => ({ line, ip: parseIp(address) as Uint8Array });
const FIRST = at(0, '192.0.2.1');
const SECOND = at(1, '2001:db8::1');
const VIEW = { mayUse: () => true, answersEarly: () => false };
const line = (name: string): Line => ({ name, source: { ip: undefined, port: 0 }, hops: [] });

class World {
  now = 1_000_000;
  readonly health = new LineHealth(2);
  readonly replica: RoutesReplica;

  constructor(cache: Partial<Options['cache']> = {}) {
    const options = defaultOptions();
    const changed = { ...options.cache, ttl_s: TTL_MS / 1000, entries_max: 100, ...cache };
    const lines = [line('first'), line('second')];
    this.replica = new RoutesReplica(ACTOR, { ...options, lines, cache: changed }, this.health, () => this.now);
  }

  memory(destination = NAME): DestinationMemory {
    return this.replica.open(destination, this.now);
  }

  connected(candidate = FIRST, connect_ms = 20, destination = NAME): void {
    this.replica.connected(destination, this.memory(destination), candidate, connect_ms, this.now);
  }

  answered(candidate = FIRST, first_byte_ms = 30): void {
    this.replica.answered(NAME, this.memory(), candidate, first_byte_ms, this.now);
  }

  failed(candidate = FIRST): void {
    this.replica.failed(NAME, this.memory(), candidate, 'refused', this.now);
  }

  best(sticky = false): string | undefined {
    const best = this.memory().choose(this.now, TTL_MS, this.replica, sticky);
    return best === undefined ? undefined : formatIp(best.ip);
  }

  tell(states: readonly RouteState[], lines: readonly LineEvent[] = []): Promise<void> {
    return this.replica.routesChanged(states, lines);
  }
}

interface Batch {
  readonly actor: number;
  readonly routes: readonly RouteReport[];
  readonly lines: readonly LineEvent[];
}

/** A route actor: what it has been told, and the pushes that it can make. */
class Told {
  readonly batches: Batch[] = [];
  /** Until it is resolved, no report is answered. */
  gate: Promise<void> = Promise.resolve();
  readonly pushes: Remote<RouteSubscriber>;
  readonly #close: () => void;

  constructor(replica: RoutesReplica) {
    const reports = new MessageChannel();
    const pushes = new MessageChannel();
    const actor: RoutesActor = {
      report: async (reporter, routes, lines) => {
        this.batches.push({ actor: reporter, routes, lines });
        await this.gate;
      },
    };
    serve(actor, reports.port2);
    this.pushes = call<RouteSubscriber>(pushes.port2);
    this.#close = () => {
      reports.port2.close();
      pushes.port2.close();
    };
    replica.connect(reports.port1, pushes.port1);
  }

  get routes(): readonly RouteReport[] {
    return this.batches.flatMap(({ routes }) => routes);
  }

  /** Kind and line of each report. */
  get kinds(): string[] {
    return this.routes.map(({ event }) => `${event.kind} ${event.line}`);
  }

  close(): void {
    this.#close();
  }
}

async function withActor(world: World, body: (told: Told) => Promise<void>): Promise<void> {
  const told = new Told(world.replica);
  try {
    await body(told);
  } finally {
    world.replica.close();
    told.close();
  }
}

/** Until so many batches have come; none is sent before the last one has been answered. */
function flushed(world: World, told: Told, batches: number): Promise<void> {
  return until('it is told', () => {
    world.replica.flush(world.now);
    return told.batches.length >= batches;
  });
}

/** The times, from the start, at which one of a row of events is reported. */
async function reportedOf(world: World, times: number, step_ms: number, happens: (i: number) => void) {
  const start = world.now;
  const reported: string[] = [];
  await withActor(world, async (told) => {
    for (let i = 0; i < times; i += 1) {
      world.now = start + i * step_ms;
      happens(i);
      const before = told.routes.length;
      // Were there one, it would come before this.
      world.replica.tell({ kind: 'proxy-reached', line: 0 });
      await flushed(world, told, i + 1);
      for (const { event } of told.routes.slice(before)) reported.push(`${i * step_ms} ${event.kind}`);
    }
  });
  return reported;
}

test('what goes on working is reported at first and then now and then', async () => {
  const world = new World();
  assert.deepEqual(await reportedOf(world, 51, 500, () => world.connected()), [
    '0 connected',
    '10000 connected',
    '20000 connected',
  ]);
  assert.equal(world.memory().candidates[0]?.successes, 51);
  const answering = new World();
  assert.deepEqual(await reportedOf(answering, 51, 500, () => answering.answered()), [
    '0 answered',
    '10000 answered',
    '20000 answered',
  ]);
});

test('often enough that the others do not forget it meanwhile', async () => {
  const world = new World({ ttl_s: 4 });
  assert.deepEqual(await reportedOf(world, 9, 250, () => world.connected()), [
    '0 connected',
    '1000 connected',
    '2000 connected',
  ]);
});

test('a failure is reported at once, and again at most once a second', async () => {
  const world = new World();
  assert.deepEqual(await reportedOf(world, 26, 100, () => world.failed()), ['0 failed', '1000 failed', '2000 failed']);
});

test('the first success after a failure is reported, although one was a moment ago', async () => {
  const world = new World();
  const reported = await reportedOf(world, 12, 100, (i) => (i === 3 || i === 7 ? world.failed() : world.connected()));
  // The second failure came too soon, and so nobody thinks that it fails.
  assert.deepEqual(reported, ['0 connected', '300 failed', '400 connected']);
});

test('the first answer is reported, although the connection has just been', async () => {
  const world = new World();
  const reported = await reportedOf(world, 3, 100, (i) => (i === 0 ? world.connected() : world.answered()));
  assert.deepEqual(reported, ['0 connected', '100 answered']);
});

test('each candidate is reported by itself, with what was measured, in order', async () => {
  const world = new World();
  await withActor(world, async (told) => {
    world.failed(SECOND);
    world.connected(FIRST, 25);
    world.answered(FIRST, 35);
    world.connected(SECOND, 45);
    world.replica.tell({ kind: 'proxy-failed', line: 1 });
    await flushed(world, told, 1);
    assert.deepEqual(told.batches, [
      {
        actor: ACTOR,
        routes: [
          { destination: NAME, event: { ...SECOND, kind: 'failed', cause: 'refused' } },
          { destination: NAME, event: { ...FIRST, kind: 'connected', connect_ms: 25 } },
          { destination: NAME, event: { ...FIRST, kind: 'answered', first_byte_ms: 35 } },
          { destination: NAME, event: { ...SECOND, kind: 'connected', connect_ms: 45 } },
        ],
        lines: [{ kind: 'proxy-failed', line: 1 }],
      },
    ]);
  });
});

test('reports go out ten times a second, or as soon as there are many, and nothing where there is none', async () => {
  const world = new World({ entries_max: 1000 });
  await withActor(world, async (told) => {
    world.replica.flush(world.now);
    world.connected(FIRST, 20, '0');
    await flushed(world, told, 1);
    // By then the first batch has been answered.
    await told.pushes.routesChanged([], []);
    world.now += 99;
    for (let i = 1; i < 256; i += 1) {
      world.connected(FIRST, 20, `${i}`);
      world.replica.flush(world.now);
    }
    await told.pushes.routesChanged([], []);
    assert.equal(told.batches.length, 1);
    world.connected(FIRST, 20, '256');
    await flushed(world, told, 2);
    assert.deepEqual(
      told.batches.map(({ routes }) => routes.length),
      [1, 256],
    );
    world.connected(FIRST, 20, '257');
    world.now += 100;
    await flushed(world, told, 3);
    assert.equal(told.routes.length, 258);
  });
});

test('without a route actor the reports are bounded, and the first of them go to the next one', async () => {
  const world = new World({ entries_max: 10_000 });
  for (let i = 0; i < 5000; i += 1) {
    world.connected(FIRST, 20, `${i}.test:1`);
    world.replica.tell({ kind: 'proxy-failed', line: 1 });
    world.replica.flush(world.now);
  }
  await withActor(world, async (told) => {
    await flushed(world, told, 1);
    assert.deepEqual([told.batches[0]?.routes.length, told.batches[0]?.lines.length], [4096, 256]);
    assert.equal(told.routes[0]?.destination, '0.test:1');
  });
  // The one that has gone is not missed, and another one is told what came meanwhile.
  world.now += 1000;
  world.failed();
  world.replica.flush(world.now);
  await withActor(world, async (told) => {
    await flushed(world, told, 1);
    assert.deepEqual(told.kinds, ['failed 0']);
  });
});

test('a route actor that does not answer is sent one batch, and what waits for it is bounded', async () => {
  const world = new World({ entries_max: 10_000 });
  await withActor(world, async (told) => {
    let open = (): void => {};
    told.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let i = 0; i < 6000; i += 1) {
      world.now += 100;
      world.connected(FIRST, 20, `${i}.test:1`);
      world.replica.flush(world.now);
    }
    await until('it is told', () => told.batches.length === 1);
    assert.equal(told.routes.length, 1);
    open();
    await flushed(world, told, 2);
    assert.equal(told.routes.length, 4097);
  });
});

test('one that has been restarted is told although the one before never answered', async () => {
  const world = new World();
  const before = new Told(world.replica);
  before.gate = new Promise(() => {});
  world.connected();
  await flushed(world, before, 1);
  before.close();
  await withActor(world, async (told) => {
    world.now += 1000;
    world.failed();
    await flushed(world, told, 1);
    assert.deepEqual(told.kinds, ['failed 0']);
  });
});

/** What another actor knows of a destination, `age_ms` after the last event. */
function elsewhere(events: (memory: DestinationMemory, now: number) => void, age_ms = 0, destination = NAME) {
  const memory = new DestinationMemory();
  events(memory, 5000);
  memory.choose(5000, TTL_MS, VIEW, false);
  return stateOf(destination, memory, 5000 + age_ms);
}
const works =
  (candidate: Candidate, connect_ms = 20) =>
  (memory: DestinationMemory, now: number): void =>
    void memory.connected(candidate, connect_ms, now, VIEW);

test('what it is told of a destination that it does not know is used, and reported when it happens here', async () => {
  const world = new World();
  await withActor(world, async (told) => {
    await told.pushes.routesChanged([elsewhere(works(SECOND), 1000)], []);
    assert.equal(world.best(), '2001:db8::1');
    assert.equal(world.memory().worked, world.now - 1000);
    world.connected(SECOND);
    await flushed(world, told, 1);
    assert.deepEqual(told.kinds, ['connected 1']);
  });
});

test('of a candidate that it knows, the newer is used', async () => {
  const world = new World();
  world.connected(FIRST, 20);
  world.now += 1000;
  // Older than what is known here.
  await world.tell([elsewhere(works(FIRST, 70), 1001)]);
  assert.equal(world.memory().candidates[0]?.connect.mean, 20);
  await world.tell([elsewhere(works(FIRST, 70), 999)]);
  assert.equal(world.memory().candidates[0]?.connect.mean, 70);
  assert.equal(world.memory().candidates.length, 1);
  assert.equal(world.memory().worked, world.now - 999);
});

test('a failure elsewhere counts here', async () => {
  const world = new World();
  world.connected(FIRST);
  world.now += 100;
  const failing = (memory: DestinationMemory, now: number): void => {
    works(FIRST)(memory, now - 50);
    works(SECOND)(memory, now);
    memory.failed(FIRST, 'reset', now);
  };
  await world.tell([elsewhere(failing)]);
  assert.equal(world.best(), '2001:db8::1');
});

test('its own best stays, whatever is best elsewhere, as long as it works and the other is not much better', async () => {
  const world = new World();
  world.connected(FIRST, 22);
  assert.equal(world.best(), '192.0.2.1');
  world.now += 100;
  await world.tell([elsewhere(works(SECOND, 20))]);
  assert.equal(world.best(), '192.0.2.1');
  // Also where what is known of it has been replaced.
  await world.tell([elsewhere(works(FIRST, 22))]);
  assert.equal(world.best(), '192.0.2.1');
  world.now += 100;
  await world.tell([elsewhere(works(SECOND, 2))]);
  assert.equal(world.best(true), '192.0.2.1');
  assert.equal(world.best(), '2001:db8::1');
});

test('what was reported a moment ago is not again because the candidate was told of meanwhile', async () => {
  const world = new World();
  await withActor(world, async (told) => {
    world.connected(FIRST);
    world.now += 1000;
    await world.tell([elsewhere(works(FIRST), 500)]);
    world.connected(FIRST);
    await flushed(world, told, 1);
    assert.deepEqual(told.kinds, ['connected 0']);
  });
});

test('what it is told of lines is put in, and a candidate of a line that there is not is left out', async () => {
  const world = new World();
  const failing: LineEvent = { kind: 'proxy-failed', line: 1 };
  await world.tell(
    [elsewhere(works({ ...FIRST, line: 2 }))],
    [failing, failing, failing, { kind: 'early', line: 0, early: true }],
  );
  assert.deepEqual([world.replica.mayUse(0), world.replica.mayUse(1)], [true, false]);
  assert.deepEqual([world.replica.answersEarly(0), world.replica.answersEarly(1)], [true, false]);
  assert.equal(world.best(), undefined);
  await world.tell([], [{ kind: 'proxy-reached', line: 1 }]);
  assert.equal(world.replica.mayUse(1), true);
});

test('however many destinations it is told of, it keeps the last', async () => {
  const world = new World({ entries_max: 3 });
  await world.tell(Array.from({ length: 5 }, (_, i) => elsewhere(works(FIRST), 0, `${i}.test:1`)));
  const kept = Array.from({ length: 5 }, (_, i) => world.replica.get(`${i}.test:1`, world.now) !== undefined);
  assert.deepEqual(kept, [false, false, true, true, true]);
  world.now += TTL_MS;
  assert.equal(world.replica.get('4.test:1', world.now), undefined);
});
