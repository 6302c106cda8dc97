// What a connection actor's replica of the routes reports to a route actor that does not answer, has died or is not there:
// one batch at a time, and no more than a bound waits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { formatIp, parseIp } from '../../../src/protocol/address/address.js';
import type { Candidate } from '../../../src/protocol/lines/candidate.js';
import { type LineEvent, LineHealth } from '../../../src/protocol/lines/health/health.js';
import { type Line, lineOf } from '../../../src/protocol/lines/line.js';
import type { Options } from '../../../src/protocol/options.js';
import type { DestinationMemory } from '../../../src/protocol/routes/destination-memory.js';
import type { RouteState } from '../../../src/protocol/routes/state.js';
import type { RouteReport, RouteSubscriber, RoutesActor } from '../../../src/threads/contracts/routes.js';
import { call, type Remote, serve } from '../../../src/threads/port.js';
import { RoutesReplica } from '../../../src/workers/connection/shared/replicas/routes.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { until } from '../../helpers/until.js';

const ACTOR = 3;
const NAME = 'a.test:443';
const TTL_MS = 600_000;
const at = (line: number, address: string): Candidate => ({ line, ip: parseIp(address) as Uint8Array });
const FIRST = at(0, '192.0.2.1');
const line = (name: string, number: number): Line => lineOf(number, name, { ip: undefined, port: 0 }, []);

class World {
  now = 1_000_000;
  readonly health = new LineHealth(2);
  readonly replica: RoutesReplica;

  constructor(cache: Partial<Options['cache']> = {}) {
    const options = defaultOptions();
    const changed = { ...options.cache, ttl_s: TTL_MS / 1000, entries_max: 100, ...cache };
    const lines = [line('first', 0), line('second', 1)];
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

test('a trial is told to the others, and that it has connected, however often that was told before', async () => {
  const world = new World();
  await withActor(world, async (told) => {
    world.connected();
    world.connected();
    const memory = world.memory();
    world.replica.tried(NAME, memory, FIRST, world.now);
    assert.deepEqual({ ...memory.home }, { at: world.now, tries: 1 });
    world.replica.connected(NAME, memory, FIRST, 90, world.now, { anew: true });
    await flushed(world, told, 1);
    assert.deepEqual(told.kinds, ['connected 0', 'tried 0', 'connected 0']);
    assert.deepEqual(told.routes[2]?.event, { ...FIRST, kind: 'connected', connect_ms: 90, anew: true });
  });
});

test('a reload changes what is preferred, and what is remembered stays', () => {
  const world = new World();
  const second = at(1, '192.0.2.2');
  world.connected(FIRST, 20);
  world.connected(second, 90);
  assert.deepEqual([world.replica.preferences, world.best()], [undefined, '192.0.2.1']);
  const { cache, budgets } = defaultOptions();
  const lines = [{ ...line('first', 0), tier: 1 }, line('second', 1)];
  world.replica.set({ lines, cache, budgets });
  assert.equal(world.best(), '192.0.2.2');
  world.replica.set({ lines: [line('first', 0), line('second', 1)], cache, budgets });
  assert.deepEqual([world.replica.preferences, world.best()], [undefined, '192.0.2.1']);
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

test('what the route actor has forgotten is forgotten here, and learned anew', async () => {
  const world = new World();
  world.connected();
  assert.equal(world.best(), '192.0.2.1');
  await world.replica.routesChanged([], [], [], [NAME]);
  assert.equal(world.replica.get(NAME, world.now), undefined);
  world.connected();
  assert.equal(world.best(), '192.0.2.1');
});

test('asked to report, it reports what waits, also behind a batch that is under way, and answers when all has been taken', async () => {
  const world = new World();
  await withActor(world, async (told) => {
    let open = (): void => {};
    told.gate = new Promise((resolve) => {
      open = resolve;
    });
    world.connected();
    await flushed(world, told, 1);
    // The first batch has no answer yet.
    world.answered();
    let isReported = false;
    const reported = told.pushes.reportNow().then(() => {
      isReported = true;
    });
    await until('all has been told', () => told.kinds.length === 2);
    assert.deepEqual([told.kinds, isReported], [['connected 0', 'answered 0'], false]);
    open();
    await reported;
    // Nothing waits.
    await told.pushes.reportNow();
    assert.equal(told.batches.length, 2);
  });
});
