import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, mock, test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { LineEvent } from '../../src/protocol/lines/health/health.js';
import type { Options } from '../../src/protocol/options.js';
import type { RouteFailure } from '../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory } from '../../src/protocol/routes/destination-memory.js';
import { encodeRoutes, ROUTES_OCTETS_MAX } from '../../src/protocol/routes/snapshot.js';
import { type CandidateState, type RouteState, stateOf } from '../../src/protocol/routes/state.js';
import type { RoutesAdmin } from '../../src/threads/contracts/admin/routes.js';
import type { RouteReport, RouteSubscriber, RoutesActor, RoutesControl } from '../../src/threads/contracts/routes.js';
import { call, moved, type Remote, serve } from '../../src/threads/port.js';
import { Pulse } from '../../src/threads/pulse.js';
import { run } from '../../src/workers/routes/actor.js';
import { candidate, lineView } from '../helpers/candidates.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { until } from '../helpers/until.js';

const directory = mkdtempSync(path.join(os.tmpdir(), 'tcproute-routes-'));
after(() => rmSync(directory, { recursive: true }));

const connected = (destination: string, line = 0, connect_ms = 20): RouteReport => ({
  destination,
  event: { ...candidate(line), kind: 'connected', connect_ms },
});
const failed = (destination: string, line: number, cause: RouteFailure): RouteReport => ({
  destination,
  event: { ...candidate(line), kind: 'failed', cause },
});

/** A connection actor as the route actor sees it. */
class Replica implements RouteSubscriber {
  readonly sites = new Set<string>();
  /** Of each push: how many routes, and how many sites. */
  readonly sited: [number, number][] = [];
  readonly routes = new Map<string, RouteState>();
  readonly lines: LineEvent[] = [];
  /** How many routes came in each message. */
  readonly batches: number[] = [];
  /** Until it is resolved, the pushes are not answered. */
  gate: Promise<void> = Promise.resolve();
  readonly reports: MessagePort;
  readonly pushes: MessagePort;
  readonly actor: Remote<RoutesActor>;

  constructor(reports: MessagePort, pushes: MessagePort) {
    this.reports = reports;
    this.pushes = pushes;
    this.actor = call<RoutesActor>(reports);
    const api: RouteSubscriber = {
      routesChanged: (routes, lines, sites) => this.routesChanged(routes, lines, sites),
      reportNow: () => this.reportNow(),
    };
    serve(api, pushes);
  }

  /** What it does when it is asked to report. */
  late: () => Promise<void> = async () => {};

  reportNow(): Promise<void> {
    return this.late();
  }

  async routesChanged(
    routes: readonly RouteState[],
    lines: readonly LineEvent[],
    sites: readonly string[] = [],
  ): Promise<void> {
    for (const site of sites) this.sites.add(site);
    this.sited.push([routes.length, sites.length]);
    if (routes.length > 0 || lines.length > 0) this.batches.push(routes.length);
    for (const state of routes) this.routes.set(state.destination, state);
    this.lines.push(...lines);
    await this.gate;
  }

  /** What it was told of one candidate. */
  known(destination: string, line: number): CandidateState | undefined {
    return this.routes.get(destination)?.candidates.find((one) => one.line === line);
  }
}

interface Running {
  readonly admin: Remote<RoutesAdmin>;
  connect(actor: number): Promise<Replica>;
}

async function withActor(cache: Partial<Options['cache']>, body: (running: Running) => Promise<void>): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const base = gatewayOptions();
  const lines = ['first', 'second', 'third'].map((name, number) => ({ ...base.lines[0], name, number }));
  const ended = run({
    options: { ...base, lines, cache: { ...base.cache, ...cache } },
    beats: Pulse.memory(),
    control: port2,
  });
  const control = call<RoutesControl>(port1);
  const replicas: Replica[] = [];
  let closed = 0;
  try {
    const ports = new MessageChannel();
    await control.connectAdmin(moved(ports.port1));
    ports.port2.once('close', () => (closed += 1));
    await body({
      admin: call<RoutesAdmin>(ports.port2),
      async connect(actor) {
        const [reports, pushes] = [new MessageChannel(), new MessageChannel()];
        await control.connect(actor, moved(reports.port1), moved(pushes.port1));
        const replica = new Replica(reports.port2, pushes.port2);
        replicas.push(replica);
        for (const port of [replica.reports, replica.pushes]) port.once('close', () => (closed += 1));
        return replica;
      },
    });
  } finally {
    await control.stop();
    await ended;
  }
  await until('every port is closed', () => closed === 1 + 2 * replicas.length);
}

test('what one actor learned the others are told, and it is not told itself', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, reporter, third] = [await connect(0), await connect(1), await connect(2)];
    await reporter.actor.report(1, [connected('a.test:443', 1), connected('b.test:80', 2, 35)], []);
    for (const other of [first, third]) await until('it is told', () => other.routes.size === 2);
    const { worked_age_ms, updated_age_ms, ...told } = first.known('b.test:80', 2) as CandidateState;
    assert.ok((worked_age_ms as number) >= 0 && (worked_age_ms as number) < 10_000);
    assert.equal(updated_age_ms, worked_age_ms);
    assert.deepEqual(told, {
      ...{ line: 2, address: '192.0.2.1', connect: [35, 17.5, 1], first_byte: [0, 0, 0], successes: 1 },
      ...{ answered_age_ms: null, failed_age_ms: null, streak: 0, lates: 0, mute: false, pending: null, failures: [] },
    });
    assert.equal(first.routes.get('b.test:80')?.best, 0);
    await third.actor.report(2, [failed('b.test:80', 2, 'refused')], []);
    await until('the reporter of before is told', () => reporter.known('b.test:80', 2)?.pending?.cause === 'refused');
    assert.deepEqual([reporter.batches, third.batches, reporter.routes.size], [[1], [2], 1]);
  });
});

test('a destination is forgotten with what actors have learned of it and not reported yet', async () => {
  await withActor({}, async ({ connect, admin }) => {
    const [reporter, watcher] = [await connect(0), await connect(1)];
    let late = ['a.test:443'];
    reporter.late = async () => {
      const reports = late.map((one) => connected(one, 1));
      late = [];
      await reporter.actor.report(0, reports, []);
    };
    assert.equal(await admin.forget('a.test:443'), true);
    assert.equal(await admin.lookUp('a.test:443'), undefined);
    late = ['b.test:443', 'c.test:443'];
    assert.equal(await admin.forgetAll({ match: '', line: undefined }), 2);
    await reporter.actor.report(0, [connected('d.test:443', 1)], []);
    await until('what came afterwards is told', () => watcher.routes.has('d.test:443'));
    assert.equal(await admin.size(), 1);
  });
});

test('the sites of new destinations are told to all, also to their reporter and to a new actor', async () => {
  await withActor({}, async ({ connect }) => {
    const [reporter, other] = [await connect(0), await connect(1)];
    const told = ['www.example.co.uk:443', 'alice.github.io:443', '192.0.2.1:443', '[2001:db8::1]:443', 'printer:80'];
    await reporter.actor.report(
      0,
      told.map((one) => connected(one, 1)),
      [],
    );
    const third = await connect(2);
    const sites = ['alice.github.io', 'example.co.uk'];
    for (const one of [reporter, other, third]) await until('the sites are there', () => one.sites.size === 2);
    assert.deepEqual([...reporter.sites].sort(), sites);
    // Names that are loaded in this moment come to all actors besides, before or after.
    await until('all that is known comes with its sites', () =>
      third.sited.some(([routes, sites]) => routes === told.length && sites === 2),
    );
    await reporter.actor.report(
      0,
      [connected('www.other.org:443', 1, 35), connected('10.0.0.1 x.sticky.org:443', 1)],
      [],
    );
    await until('the next one is there', () => reporter.sites.size === 3);
    assert.deepEqual([...reporter.sites].sort(), [...sites, 'other.org']);
  });
});

test('what several actors report of one destination comes together, and blames across them', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, second, watcher] = [await connect(0), await connect(1), await connect(2)];
    await first.actor.report(0, [connected('a:1', 0), failed('a:1', 0, 'reset')], []);
    await until('it is told', () => watcher.known('a:1', 0)?.pending?.cause === 'reset');
    assert.equal(watcher.known('a:1', 0)?.streak, 0);
    await second.actor.report(1, [connected('a:1', 1)], []);
    await until('it is blamed', () => watcher.known('a:1', 0)?.streak === 1);
    const state = watcher.routes.get('a:1') as RouteState;
    assert.equal(state.candidates[state.best]?.line, 1);
    assert.deepEqual(
      state.candidates[0]?.failures.map(({ cause, count }) => [cause, count]),
      [['reset', 1]],
    );
  });
});

test('the best changes for one that is much better, but not where the choice is bound to the client', async () => {
  await withActor({}, async ({ connect }) => {
    const [reporter, watcher] = [await connect(0), await connect(1)];
    for (const destination of ['a:1', '127.0.0.1 a:1']) {
      await reporter.actor.report(0, [connected(destination, 0, 500), connected(destination, 1, 5)], []);
      await until('it is told', () => watcher.known(destination, 1) !== undefined);
    }
    const best = (destination: string): number | undefined => {
      const state = watcher.routes.get(destination);
      return state?.candidates[state.best]?.line;
    };
    assert.deepEqual([best('a:1'), best('127.0.0.1 a:1')], [1, 0]);
  });
});

test('a new actor is told everything, in bounded pieces', async () => {
  await withActor({}, async ({ connect }) => {
    const first = await connect(0);
    for (let batch = 0; batch < 13; batch += 1) {
      const reports = Array.from({ length: 100 }, (_, i) => connected(`${batch}-${i}.test:443`));
      await first.actor.report(0, reports, []);
    }
    const second = await connect(1);
    await until('it knows everything', () => second.routes.size === 1300);
    assert.deepEqual(second.batches, [500, 500, 300]);
  });
});

test('events of lines are passed on in order, and a new actor is told which lines answer early', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, second] = [await connect(0), await connect(1)];
    const events: LineEvent[] = [
      { kind: 'proxy-failed', line: 1 },
      { kind: 'early', line: 1, early: true },
      { kind: 'early', line: 2, early: true },
      { kind: 'early', line: 1, early: false },
      { kind: 'proxy-reached', line: 1 },
    ];
    await first.actor.report(0, [], events);
    await until('they are passed on', () => second.lines.length === events.length);
    assert.deepEqual([second.lines, first.lines], [events, []]);
    const third = await connect(2);
    await until('it is told', () => third.lines.length > 0);
    assert.deepEqual(third.lines, [{ kind: 'early', line: 2, early: true }]);
    // And it knows itself: a connection over that line is no evidence.
    await first.actor.report(0, [connected('a:1', 2, 1), connected('a:1', 0, 500)], []);
    await until('it is told', () => third.known('a:1', 0) !== undefined);
    assert.deepEqual(third.known('a:1', 2)?.worked_age_ms, null);
    assert.equal(third.routes.get('a:1')?.best, 1);
  });
});

test('lines that are not there are not learned of', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, second] = [await connect(0), await connect(1)];
    await first.actor.report(0, [connected('a:1', 3), connected('b:1', 0)], [{ kind: 'early', line: 3, early: true }]);
    await until('it is told', () => second.routes.size === 1);
    assert.deepEqual([...second.routes.keys()], ['b:1']);
  });
});

test('the table is bounded, and what has expired is told to nobody', async () => {
  const real = performance.now.bind(performance);
  let passed = 0;
  const clock = mock.method(performance, 'now', () => real() + passed);
  try {
    await withActor({ ttl_s: 60, entries_max: 3 }, async ({ connect }) => {
      const first = await connect(0);
      await first.actor.report(
        0,
        ['a', 'b', 'c', 'd'].map((name) => connected(name)),
        [],
      );
      const second = await connect(1);
      await until('it is told', () => second.routes.size > 0);
      assert.deepEqual([...second.routes.keys()], ['b', 'c', 'd']);
      passed = 61_000;
      const third = await connect(2);
      await first.actor.report(0, [connected('e', 1)], []);
      await until('it is told', () => third.routes.size > 0);
      assert.deepEqual([...third.routes.keys()], ['e']);
    });
  } finally {
    clock.mock.restore();
  }
});

test('an actor that does not answer gets one message, and afterwards only the last of what changed', async () => {
  await withActor({}, async ({ connect }) => {
    const first = await connect(0);
    const slow = await connect(1);
    let open = (): void => {};
    slow.gate = new Promise((resolve) => {
      open = resolve;
    });
    await first.actor.report(0, [connected('a:1')], [{ kind: 'proxy-failed', line: 1 }]);
    await until('the first message is there', () => slow.batches.length === 1);
    for (let i = 0; i < 50; i += 1)
      await first.actor.report(0, [connected('a:1')], [{ kind: 'proxy-failed', line: 1 }]);
    await first.actor.report(0, [connected('b:1')], [{ kind: 'proxy-reached', line: 1 }]);
    open();
    await until('the rest is there', () => slow.batches.length === 2);
    assert.deepEqual(slow.batches, [1, 2]);
    assert.equal(slow.known('a:1', 0)?.successes, 51);
    assert.deepEqual([slow.lines.length, slow.lines.at(-1)?.kind], [52, 'proxy-reached']);
  });
});

test('what waits for an actor that does not answer is bounded: the last of it is told', async () => {
  await withActor({ entries_max: 10 }, async ({ connect }) => {
    const [first, slow] = [await connect(0), await connect(1)];
    let open = (): void => {};
    slow.gate = new Promise((resolve) => {
      open = resolve;
    });
    await first.actor.report(0, [connected('begin:1')], []);
    await until('the first message is there', () => slow.batches.length === 1);
    const events: LineEvent[] = Array.from({ length: 500 }, () => ({ kind: 'proxy-failed', line: 1 }));
    for (let batch = 0; batch < 5; batch += 1) {
      const reports = Array.from({ length: 10 }, (_, i) => connected(`${batch * 10 + i}:1`));
      await first.actor.report(0, reports, events);
    }
    open();
    await until('the rest is there', () => slow.batches.length === 2);
    assert.deepEqual([slow.batches, slow.lines.length], [[1, 10], 1024]);
    assert.deepEqual(
      [...slow.routes.keys()].slice(1),
      Array.from({ length: 10 }, (_, i) => `${40 + i}:1`),
    );
  });
});

test('a restarted actor takes the place of the old one, whose ports are closed', async () => {
  await withActor({}, async ({ connect }) => {
    const old = await connect(0);
    let closed = 0;
    for (const port of [old.reports, old.pushes]) port.once('close', () => (closed += 1));
    const other = await connect(1);
    const again = await connect(0);
    await until('the old ports are closed', () => closed === 2);
    await other.actor.report(1, [connected('a:1')], []);
    await until('the new one is told', () => again.routes.size === 1);
    assert.equal(old.routes.size, 0);
  });
});

test('an actor that has gone is told nothing more, the others go on', async () => {
  await withActor({}, async ({ connect }) => {
    const first = await connect(0);
    const gone = await connect(1);
    const third = await connect(2);
    gone.reports.close();
    await once(gone.pushes, 'close');
    await first.actor.report(0, [connected('a:1')], []);
    await until('the third is told', () => third.routes.size === 1);
    assert.equal(gone.batches.length, 0);
  });
});

/** What the process is warned of meanwhile. */
async function warnings(body: () => Promise<void>): Promise<string[]> {
  const heard: string[] = [];
  const hear = ({ message }: Error): void => void heard.push(message);
  process.on('warning', hear);
  await body();
  // They come in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', hear);
  return heard;
}

test('the routes outlive the actor in the state file', async () => {
  const state_file = path.join(directory, 'kept.state');
  const heard = await warnings(async () => {
    await withActor({ state_file }, async ({ connect }) => {
      const first = await connect(0);
      const reports = [connected('a:1', 1, 40), connected('a:1', 2, 400), connected('old:1', 0), connected('old:1', 0)];
      await first.actor.report(0, reports, []);
    });
    await withActor({ state_file }, async ({ connect }) => {
      const again = await connect(0);
      await until('it is told', () => again.routes.size === 2);
      assert.deepEqual([...again.routes.keys()], ['a:1', 'old:1']);
      assert.equal(again.routes.get('a:1')?.best, 0);
      assert.deepEqual(again.known('a:1', 1)?.connect, [40, 20, 1]);
    });
    // Fewer are remembered now: the ones used last.
    await withActor({ state_file, entries_max: 1 }, async ({ connect }) => {
      const again = await connect(0);
      await until('it is told', () => again.routes.size > 0);
      assert.deepEqual([...again.routes.keys()], ['old:1']);
    });
  });
  assert.deepEqual(heard, []);
});

test('an actor that has learned nothing leaves the file as it is', async () => {
  const state_file = path.join(directory, 'untouched.state');
  writeFileSync(state_file, 'something else\n');
  const heard = await warnings(() => withActor({ state_file }, async ({ connect }) => void (await connect(0))));
  assert.deepEqual(heard, [`${state_file} is ignored: not a list of routes`]);
  assert.equal(readFileSync(state_file, 'utf8'), 'something else\n');
});

test('a damaged file is ignored with one warning, and written anew', async () => {
  const state_file = path.join(directory, 'damaged.state');
  await withActor({ state_file }, async ({ connect }) => (await connect(0)).actor.report(0, [connected('a:1')], []));
  writeFileSync(state_file, readFileSync(state_file, 'utf8').slice(0, -2));
  const heard = await warnings(() =>
    withActor({ state_file }, async ({ connect }) => {
      const first = await connect(0);
      await first.actor.report(0, [connected('b:1')], []);
      const second = await connect(1);
      await until('it is told', () => second.routes.size > 0);
      assert.deepEqual([...second.routes.keys()], ['b:1']);
    }),
  );
  assert.deepEqual(heard, [`${state_file} is ignored: damaged`]);
  await withActor({ state_file }, async ({ connect }) => {
    const again = await connect(0);
    await until('it is told', () => again.routes.has('b:1'));
  });
});

test('a file that cannot be written is warned of, and nothing else fails', async () => {
  const state_file = path.join(directory, 'nowhere', 'routes.state');
  const heard = await warnings(() =>
    withActor({ state_file }, async ({ connect }) => (await connect(0)).actor.report(0, [connected('a:1')], [])),
  );
  assert.deepEqual(heard, [`${state_file} cannot be written: ENOENT`]);
});

test('routes that could not be written are written the next time, although nothing has changed since', async () => {
  const place = path.join(directory, 'later');
  const state_file = path.join(place, 'routes.state');
  mock.timers.enable({ apis: ['setInterval'] });
  // Node 20 warns of that itself, once.
  await new Promise((resolve) => setImmediate(resolve));
  try {
    const heard = await warnings(() =>
      withActor({ state_file }, async ({ connect }) => {
        await (await connect(0)).actor.report(0, [connected('a:1')], []);
        const warned = once(process, 'warning');
        mock.timers.tick(60_000);
        await warned;
        mkdirSync(place);
      }),
    );
    assert.deepEqual(heard, [`${state_file} cannot be written: ENOENT`]);
  } finally {
    mock.timers.reset();
  }
  assert.match(readFileSync(state_file, 'utf8'), /"destination":"a:1"/);
});

/** A state file with so many routes, the one used last first. */
function stateFile(count: number): string {
  const { lines } = gatewayOptions();
  const named = ['first', 'second', 'third'].map((name, number) => ({ ...lines[0], name, number }));
  const memory = new DestinationMemory();
  memory.connected(candidate(1, 9), 20, 0, lineView());
  memory.best = memory.candidates[0];
  const state = stateOf('', memory, 1000);
  function* states(): Generator<RouteState> {
    for (let index = 0; index < count; index += 1) yield { ...state, destination: `d${index}.test:443` };
  }
  const file = path.join(directory, `${count}.routes`);
  writeFileSync(file, [...encodeRoutes(states(), named, Date.now())].join(''));
  return file;
}

test('what the state file had is told to everybody, and what was learned meanwhile stays', async () => {
  const state_file = stateFile(20_000);
  await withActor({ state_file, entries_max: 20_000 }, async ({ connect }) => {
    const [reporter, watcher] = [await connect(0), await connect(1)];
    await reporter.actor.report(0, [connected('d5.test:443', 2), connected('new.test:443', 0)], []);
    await until('it has told the one used last', () => watcher.routes.has('d0.test:443'));
    await until('it has told what is new', () => watcher.routes.has('new.test:443'));
    assert.ok(watcher.known('d5.test:443', 2) !== undefined);
    assert.equal(watcher.known('d77.test:443', 1)?.successes, 1);
  });
});

test('with a state of full size the actor serves at once, and when it ends in between the file stays', async () => {
  const state_file = stateFile(1_000_000);
  const { size } = statSync(state_file);
  assert.ok(size > 0.99 * ROUTES_OCTETS_MAX && size <= ROUTES_OCTETS_MAX);
  const begun = performance.now();
  await withActor({ state_file, entries_max: 1_000_000 }, async ({ connect }) => {
    const first = await connect(0);
    assert.ok(performance.now() - begun < 10_000);
    assert.equal(first.routes.size, 0);
    await first.actor.report(0, [connected('new.test:443')], []);
    const second = await connect(1);
    await until('it is told', () => second.routes.has('new.test:443'));
  });
  assert.equal(statSync(state_file).size, size);
});

test('where another process writes the state file, it is read and not written', async () => {
  const state_file = stateFile(3);
  const before = readFileSync(state_file, 'utf8');
  const { port1, port2 } = new MessageChannel();
  const base = gatewayOptions();
  const lines = ['first', 'second', 'third'].map((name, number) => ({ ...base.lines[0], name, number }));
  const options = { ...base, lines, cache: { ...base.cache, state_file } };
  const ended = run({ options, beats: Pulse.memory(), control: port2, readOnly: true });
  const control = call<RoutesControl>(port1);
  const [reports, pushes] = [new MessageChannel(), new MessageChannel()];
  await control.connect(0, moved(reports.port1), moved(pushes.port1));
  const replica = new Replica(reports.port2, pushes.port2);
  await until('it has read it', () => replica.routes.size === 3);
  await replica.actor.report(0, [connected('new.test:443')], []);
  await control.stop();
  await ended;
  assert.equal(readFileSync(state_file, 'utf8'), before);
});
