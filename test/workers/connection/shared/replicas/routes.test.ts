// A connection actor's replica of the routes, against a route actor that the test plays, on a clock of the test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { type LineEvent, LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { DestinationMemory } from '../../../../../src/protocol/routes/destination-memory.js';
import { type RouteState, stateOf } from '../../../../../src/protocol/routes/state.js';
import type { RouteReport, RouteSubscriber, RoutesActor } from '../../../../../src/threads/contracts/routes.js';
import { call, type Remote, serve } from '../../../../../src/threads/port.js';
import { RoutesReplica } from '../../../../../src/workers/connection/shared/replicas/routes.js';
import { candidate, lineView } from '../../../../helpers/candidates.js';
import { defaultOptions } from '../../../../helpers/default-options.js';
import { until } from '../../../../helpers/until.js';

const SITE = 'site.test:443';
const [A, B] = [candidate(0), candidate(1)];
/** A time after which nothing is held back. */
const START = 1_000_000;

interface Told {
  readonly actor: number;
  readonly routes: readonly RouteReport[];
  readonly lines: readonly LineEvent[];
}

interface World {
  readonly replica: RoutesReplica;
  readonly health: LineHealth;
  readonly clock: { now: number };
  /** What the route actor has been told, batch by batch. */
  readonly told: readonly Told[];
  readonly pushes: Remote<RouteSubscriber>;
  /** Connects the replica to another route actor. */
  reconnect(): void;
  /** Sends what waits, and gives the kinds of what was sent. */
  reported(): Promise<string[]>;
}

async function withReplica(body: (world: World) => Promise<void>): Promise<void> {
  const clock = { now: START };
  const health = new LineHealth(2);
  const options = defaultOptions();
  const [line] = options.lines;
  const lines = [line, { ...line, name: 'other', number: 1 }];
  const replica = new RoutesReplica(7, { ...options, lines }, health, () => clock.now);
  const told: Told[] = [];
  const ends: { close(): void }[] = [];
  const connect = (): Remote<RouteSubscriber> => {
    const [reports, pushes] = [new MessageChannel(), new MessageChannel()];
    const actor: RoutesActor = {
      report: async (id, routes, lines) => void told.push({ actor: id, routes, lines }),
    };
    serve(actor, reports.port2);
    replica.connect(reports.port1, pushes.port1);
    ends.push(reports.port2, pushes.port2);
    return call<RouteSubscriber>(pushes.port2);
  };
  try {
    await body({
      ...{ replica, health, clock, told, pushes: connect(), reconnect: connect },
      async reported() {
        const before = told.length;
        // Something to send in any case.
        replica.tell({ kind: 'proxy-reached', line: 0 });
        clock.now += 100;
        await until('the report is there', () => {
          // Nothing is sent before the last report has been answered.
          replica.flush(clock.now);
          return told.length > before;
        });
        return told.slice(before).flatMap(({ routes }) => routes.map(({ event }) => kindOf(event)));
      },
    });
  } finally {
    replica.close();
    for (const end of ends) end.close();
  }
}

const kindOf = (event: RouteReport['event']): string => (event.kind === 'failed' ? event.cause : event.kind);

/** As another actor would tell it, at its own time. */
function state(learn: (memory: DestinationMemory) => void, now: number, destination = SITE): RouteState {
  const memory = new DestinationMemory();
  learn(memory);
  memory.choose(now, Number.POSITIVE_INFINITY, lineView(), false);
  return stateOf(destination, memory, now);
}

test('what is learned is known here at once, and told in order with who learned it', async () => {
  await withReplica(async ({ replica, clock, told }) => {
    const memory = replica.open(SITE, START);
    replica.failed(SITE, memory, B, 'refused', START);
    replica.connected(SITE, memory, A, 20, START + 1);
    replica.answered(SITE, memory, A, 45, START + 2);
    replica.tell({ kind: 'proxy-failed', line: 1 });
    assert.equal(replica.get(SITE, START + 2), memory);
    assert.equal(memory.choose(START + 2, replica.ttl_ms, replica, false)?.line, 0);
    replica.flush(clock.now);
    await until('it is told', () => told.length === 1);
    assert.deepEqual(told, [
      {
        actor: 7,
        routes: [
          { destination: SITE, event: { ...B, kind: 'failed', cause: 'refused' } },
          { destination: SITE, event: { ...A, kind: 'connected', connect_ms: 20 } },
          { destination: SITE, event: { ...A, kind: 'answered', first_byte_ms: 45 } },
        ],
        lines: [{ kind: 'proxy-failed', line: 1 }],
      },
    ]);
    replica.flush(clock.now + 1000);
    assert.equal(told.length, 1);
  });
});

test('for a sticky rule what works first is kept, here too, until the route actor has chosen otherwise', async () => {
  await withReplica(async ({ replica, clock, pushes }) => {
    const key = `+alice ${SITE}`;
    const bestOf = (destination: string) =>
      replica.get(destination, clock.now)?.choose(clock.now, replica.ttl_ms, replica, true)?.line;
    for (const destination of [SITE, key]) {
      const memory = replica.open(destination, START);
      replica.connected(destination, memory, A, 90, START);
      replica.connected(destination, memory, B, 20, START);
    }
    assert.deepEqual([bestOf(SITE), bestOf(key)], [1, 0]);
    const other = (memory: DestinationMemory) => memory.connected(B, 20, START + 1, lineView());
    await pushes.routesChanged([state(other, START + 1, key)], []);
    assert.equal(bestOf(key), 1);
  });
});

test('reports go out ten times a second, or when there are many', async () => {
  await withReplica(async ({ replica, told }) => {
    const learn = (count: number, from: number): void => {
      for (let i = 0; i < count; i += 1) {
        const name = `${from + i}.test:443`;
        replica.connected(name, replica.open(name, START), A, 20, START);
      }
    };
    /** The one before must have been answered, which shows only by the next. */
    const flushed = (at: number, count: number) =>
      until('it is told', () => {
        replica.flush(at);
        return told.length === count;
      });
    learn(1, 0);
    await flushed(START, 1);
    learn(255, 1000);
    replica.flush(START + 99);
    learn(1, 2000);
    await flushed(START + 99, 2);
    learn(1, 3000);
    replica.flush(START + 198);
    await flushed(START + 199, 3);
    assert.deepEqual(
      told.map(({ routes }) => routes.length),
      [1, 256, 1],
    );
  });
});

test('what goes on working is reported seldom, connections and answers apart', async () => {
  await withReplica(async ({ replica, clock, reported }) => {
    const memory = replica.open(SITE, START);
    const use = (): void => {
      replica.connected(SITE, memory, A, 20, clock.now);
      replica.answered(SITE, memory, A, 45, clock.now);
    };
    use();
    assert.deepEqual(await reported(), ['connected', 'answered']);
    for (clock.now = START + 200; clock.now < START + 10_000; clock.now += 100) use();
    assert.deepEqual(await reported(), []);
    use();
    use();
    // The answers must not be told of less than the connections, which always come first.
    assert.deepEqual(await reported(), ['connected', 'answered']);
    assert.equal(memory.candidates[0].connect.samples, 101);
    replica.connected(SITE, memory, B, 20, clock.now);
    assert.deepEqual(await reported(), ['connected']);
  });
});

test('a failure is reported at once, but not more than once a second', async () => {
  await withReplica(async ({ replica, clock, reported }) => {
    const memory = replica.open(SITE, START);
    for (let i = 0; i < 1000; i += 1) replica.failed(SITE, memory, A, 'refused', START + i);
    replica.failed(SITE, memory, B, 'reset', START + 999);
    replica.failed(SITE, memory, A, 'timed-out', START + 1000);
    assert.deepEqual(await reported(), ['refused', 'reset', 'timed-out']);
    assert.equal(memory.candidates.length, 2);
    assert.equal(clock.now, START + 100);
  });
});

test('the first connection and the first answer after a failure are reported', async () => {
  await withReplica(async ({ replica, clock, reported }) => {
    const memory = replica.open(SITE, START);
    replica.connected(SITE, memory, A, 20, clock.now);
    replica.answered(SITE, memory, A, 45, clock.now);
    assert.equal((await reported()).length, 2);
    replica.failed(SITE, memory, A, 'silent', clock.now);
    assert.deepEqual(await reported(), ['silent']);
    replica.connected(SITE, memory, A, 20, clock.now);
    replica.answered(SITE, memory, A, 45, clock.now);
    assert.deepEqual(await reported(), ['connected', 'answered']);
    replica.connected(SITE, memory, A, 20, clock.now);
    replica.answered(SITE, memory, A, 45, clock.now);
    assert.deepEqual(await reported(), []);
  });
});

test('a line that answers early teaches nothing here by connecting', async () => {
  await withReplica(async ({ replica, health }) => {
    health.setEarly(0, true, START);
    const memory = replica.open(SITE, START);
    replica.connected(SITE, memory, A, 1, START);
    assert.equal(memory.choose(START, replica.ttl_ms, replica, false), undefined);
    replica.answered(SITE, memory, A, 45, START);
    assert.equal(memory.choose(START, replica.ttl_ms, replica, false)?.line, 0);
  });
});

test('what waits for a route actor is bounded, and goes to the next one', async () => {
  await withReplica(async ({ replica, clock, told, reconnect }) => {
    replica.close();
    for (let i = 0; i < 5000; i += 1) {
      const name = `${i}.test:443`;
      replica.connected(name, replica.open(name, START), A, 20, START);
      replica.tell({ kind: 'proxy-failed', line: 1 });
    }
    replica.flush(clock.now);
    reconnect();
    replica.flush(clock.now);
    await until('it is told', () => told.length === 1);
    assert.deepEqual([told[0]?.routes.length, told[0]?.lines.length], [4096, 256]);
    assert.equal(told[0]?.routes[0]?.destination, '0.test:443');
  });
});

test('what the route actor pushes is known, at its age on the clock here', async () => {
  await withReplica(async ({ replica, clock, pushes }) => {
    const learned = state((memory) => void memory.connected(B, 30, 500, lineView()), 700);
    await pushes.routesChanged([learned], []);
    const memory = replica.get(SITE, clock.now);
    assert.equal(memory?.choose(clock.now, replica.ttl_ms, replica, false)?.line, 1);
    assert.equal(memory?.candidates[0]?.worked, START - 200);
    assert.deepEqual(memory?.find(B)?.connect.mean, 30);
  });
});

test('of what is known already only the newer is taken over, and the best here stays', async () => {
  await withReplica(async ({ replica, clock, pushes }) => {
    const memory = replica.open(SITE, START);
    replica.connected(SITE, memory, A, 20, START);
    assert.equal(memory.choose(START, replica.ttl_ms, replica, false)?.line, 0);
    clock.now = START + 5000;
    const older = state((told) => void told.connected(A, 500, 0, lineView()), 6000);
    await pushes.routesChanged([older], []);
    assert.equal(memory.find(A)?.connect.mean, 20);
    const newer = state((told) => {
      told.connected(A, 22, 0, lineView());
      told.connected(B, 19, 0, lineView());
      told.best = told.find(B);
    }, 100);
    await pushes.routesChanged([{ ...newer, best: 1 }], []);
    assert.deepEqual([memory.find(A)?.connect.mean, memory.find(B)?.connect.mean], [22, 19]);
    assert.equal(replica.get(SITE, clock.now), memory);
    assert.equal(memory.choose(clock.now, replica.ttl_ms, replica, false)?.line, 0);
  });
});

test('what was taken over does not make it be reported again', async () => {
  await withReplica(async ({ replica, clock, pushes, reported }) => {
    const memory = replica.open(SITE, START);
    replica.connected(SITE, memory, A, 20, START);
    replica.answered(SITE, memory, A, 20, START);
    assert.equal((await reported()).length, 2);
    const learned = state((told) => void told.connected(A, 22, 0, lineView()), 0);
    await pushes.routesChanged([learned], []);
    assert.equal(memory.find(A)?.connect.mean, 22);
    replica.connected(SITE, memory, A, 20, clock.now);
    replica.answered(SITE, memory, A, 20, clock.now);
    assert.deepEqual(await reported(), []);
  });
});

test('a failure of which it is not known whose it is survives that the own report comes back', async () => {
  await withReplica(async ({ replica, clock, pushes }) => {
    const memory = replica.open(SITE, START);
    replica.connected(SITE, memory, A, 20, START);
    replica.failed(SITE, memory, A, 'reset', START + 50);
    // The route actor learns both a little later, and tells when another actor has seen something.
    clock.now = START + 200;
    const learned = state((told) => {
      told.connected(A, 20, 100, lineView());
      told.failed(A, 'reset', 100);
    }, 120);
    await pushes.routesChanged([learned], []);
    assert.equal(memory.choose(clock.now, replica.ttl_ms, replica, false), undefined);
    replica.connected(SITE, memory, B, 20, clock.now);
    assert.equal(memory.find(A)?.streak, 1);
  });
});

test('what is told of lines that are not here, or of nothing new, does no harm', async () => {
  await withReplica(async ({ replica, clock, pushes }) => {
    const learned = state((memory) => void memory.connected(candidate(5), 30, 0, lineView()), 0);
    await pushes.routesChanged([learned, { destination: 'empty:1', candidates: [], best: -1 }], []);
    assert.deepEqual([replica.get('empty:1', clock.now), replica.get(SITE, clock.now)], [undefined, undefined]);
  });
});

test('what other actors tell of lines counts here', async () => {
  await withReplica(async ({ replica, health, pushes }) => {
    const failed: LineEvent = { kind: 'proxy-failed', line: 1 };
    await pushes.routesChanged([], [failed, failed, failed, { kind: 'early', line: 0, early: true }]);
    assert.deepEqual([replica.mayUse(0), replica.mayUse(1)], [true, false]);
    assert.deepEqual([replica.answersEarly(0), replica.answersEarly(1)], [true, false]);
    assert.equal(health.mayUse(1, START + 1000), true);
  });
});
