// The route actor with connection actors that the test plays, in this thread: what it tells to whom, and its state file.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { parseIp } from '../../src/protocol/address.js';
import type { Candidate } from '../../src/protocol/candidate.js';
import type { RouteFailure } from '../../src/protocol/candidate-memory.js';
import type { Line } from '../../src/protocol/line.js';
import type { LineEvent } from '../../src/protocol/line-health.js';
import type { RouteReport, RouteSubscriber, RoutesActor, RoutesControl } from '../../src/protocol/messages.js';
import type { Options } from '../../src/protocol/options.js';
import type { RouteState } from '../../src/protocol/route-state.js';
import { receiveLogs } from '../../src/threads/log.js';
import { call, moved, type Remote, serve } from '../../src/threads/port.js';
import { run } from '../../src/workers/routes/actor.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { until } from '../helpers/until.js';

const SOURCE = { ip: undefined, port: 0 };
const PROXY = { host: '192.0.2.9', port: 1080, username: undefined, password: undefined };
const DIRECT: Line = { name: 'direct', source: SOURCE, hops: [] };
const LINES: readonly Line[] = [DIRECT, { name: 'proxy', source: SOURCE, hops: [PROXY] }];
const CACHE: Options['cache'] = { ttl_s: 600, entries_max: 10_000, refresh_s: 0, state_file: null };

const FIRST: Candidate = { line: 0, ip: parseIp('192.0.2.1') as Uint8Array };
const SECOND: Candidate = { line: 1, ip: parseIp('2001:db8::1') as Uint8Array };

const connected = (destination: string, candidate = FIRST, connect_ms = 20): RouteReport => ({
  destination,
  event: { ...candidate, kind: 'connected', connect_ms },
});
const failed = (destination: string, candidate = FIRST, cause: RouteFailure = 'refused'): RouteReport => ({
  destination,
  event: { ...candidate, kind: 'failed', cause },
});

/** A connection actor as the route actor sees it. */
class Replica implements RouteSubscriber {
  readonly routes = new Map<string, RouteState>();
  readonly lines: LineEvent[] = [];
  /** Routes in each message. */
  readonly batches: number[] = [];
  /** Until it is resolved, the pushes are not answered. */
  gate: Promise<void> = Promise.resolve();
  readonly reports: MessagePort;
  readonly pushes: MessagePort;
  readonly actor: Remote<RoutesActor>;
  readonly #id: number;

  constructor(id: number, reports: MessagePort, pushes: MessagePort) {
    this.#id = id;
    this.reports = reports;
    this.pushes = pushes;
    this.actor = call<RoutesActor>(reports);
    serve({ routesChanged: (routes, lines) => this.routesChanged(routes, lines) } satisfies RouteSubscriber, pushes);
  }

  report(routes: readonly RouteReport[], lines: readonly LineEvent[] = []): Promise<void> {
    return this.actor.report(this.#id, routes, lines);
  }

  async routesChanged(routes: readonly RouteState[], lines: readonly LineEvent[]): Promise<void> {
    this.batches.push(routes.length);
    this.lines.push(...lines);
    for (const state of routes) this.routes.set(state.destination, state);
    await this.gate;
  }

  /** What it has been told of one destination: which candidate is best, and of each how often it worked and failed. */
  told(destination: string): unknown {
    const { candidates, best } = this.routes.get(destination) as RouteState;
    return {
      best: candidates[best]?.address,
      candidates: candidates.map(({ line, address, successes, failures }) => [
        line,
        address,
        successes,
        ...failures.map(({ cause, count }) => `${cause} ${count}`),
      ]),
    };
  }
}

interface Running {
  connect(actor: number): Promise<Replica>;
  readonly warnings: string[];
}

const ports = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;

async function withActor(
  changes: Partial<Options['cache']>,
  body: (running: Running) => Promise<void>,
  lines = LINES,
): Promise<readonly string[]> {
  const before = ports();
  const { port1, port2 } = new MessageChannel();
  const log = new MessageChannel();
  const warnings: string[] = [];
  receiveLogs(log.port1, ({ message }) => warnings.push(message));
  const options = gatewayOptions({ cache: { ...CACHE, ...changes }, lines });
  const ended = run({ options, control: port2, log: log.port2 });
  const control = call<RoutesControl>(port1);
  assert.ok(ports() > before);
  await body({
    warnings,
    async connect(actor) {
      const reports = new MessageChannel();
      const pushes = new MessageChannel();
      await control.connect(actor, moved(reports.port1), moved(pushes.port1));
      return new Replica(actor, reports.port2, pushes.port2);
    },
  });
  await control.stop();
  await ended;
  await until('no port is left', () => ports() <= before);
  return warnings;
}

test('what one actor learned the others are told, and it is not told itself', async () => {
  await withActor({}, async ({ connect }) => {
    const replicas = [await connect(0), await connect(1), await connect(2)] as const;
    await replicas[1].report([
      connected('a.test:443'),
      connected('b.test:80', SECOND),
      failed('b.test:80'),
      connected('192.0.2.7 c.test:80'),
    ]);
    for (const other of [replicas[0], replicas[2]]) {
      await until('it is told', () => other.routes.size === 3);
      assert.deepEqual(other.told('a.test:443'), { best: '192.0.2.1', candidates: [[0, '192.0.2.1', 1]] });
      // The other one worked at about the same time, so the failure is its own.
      assert.deepEqual(other.told('b.test:80'), {
        best: '2001:db8::1',
        candidates: [
          [1, '2001:db8::1', 1],
          [0, '192.0.2.1', 0, 'refused 1'],
        ],
      });
    }
    const { connect: times, worked_age_ms } = replicas[0].routes.get('a.test:443')?.candidates[0] ?? {};
    assert.deepEqual(times, [20, 10, 1]);
    assert.ok(typeof worked_age_ms === 'number' && worked_age_ms >= 0 && worked_age_ms < 60_000);
    await replicas[2].report([connected('b.test:80', SECOND)]);
    await until('the others are told', () => replicas[0].batches.length === 2 && replicas[1].batches.length === 1);
    assert.deepEqual([...replicas[1].routes.keys()], ['b.test:80']);
    assert.deepEqual(replicas[2].batches, [3]);
  });
});

test('what is reported of a line that there is not is ignored', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, second] = [await connect(0), await connect(1)];
    await first.report([connected('a:1', { ...FIRST, line: 2 }), connected('b:1')]);
    await until('it is told', () => second.routes.size > 0);
    assert.deepEqual([...second.routes.keys()], ['b:1']);
  });
});

test('a new actor is told everything, in bounded pieces', async () => {
  await withActor({}, async ({ connect }) => {
    const first = await connect(0);
    for (let batch = 0; batch < 25; batch += 1)
      await first.report(Array.from({ length: 90 }, (_, i) => connected(`${batch}-${i}.test:443`)));
    const second = await connect(1);
    await until('it knows everything', () => second.routes.size === 2250);
    assert.deepEqual(second.batches, [500, 500, 500, 500, 250]);
    assert.deepEqual(first.batches, []);
  });
});

test('the table is bounded, and what has expired is told to nobody', async () => {
  await withActor({ ttl_s: 1, entries_max: 3 }, async ({ connect }) => {
    const first = await connect(0);
    await first.report(['a', 'b', 'c', 'd'].map((destination) => connected(destination)));
    const second = await connect(1);
    await until('it is told', () => second.routes.size > 0);
    assert.deepEqual([...second.routes.keys()], ['b', 'c', 'd']);
    const end = performance.now() + 1000;
    await until('their time is over', () => performance.now() >= end);
    const third = await connect(2);
    await first.report([connected('e', SECOND)]);
    await until('it is told', () => third.routes.size > 0);
    assert.deepEqual([...third.routes.keys()], ['e']);
  });
});

test('an actor that does not answer gets one message, and afterwards only the last state of what changed', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, slow] = [await connect(0), await connect(1)];
    let open = (): void => {};
    slow.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let i = 0; i < 50; i += 1) await first.report([connected('a:1')], [{ kind: 'proxy-failed', line: 1 }]);
    await first.report([connected('b:1')]);
    await until('the first message is there', () => slow.batches.length === 1);
    assert.deepEqual(slow.told('a:1'), { best: '192.0.2.1', candidates: [[0, '192.0.2.1', 1]] });
    open();
    await until('the rest is there', () => slow.batches.length === 2);
    assert.deepEqual(slow.batches, [1, 2]);
    assert.deepEqual(slow.told('a:1'), { best: '192.0.2.1', candidates: [[0, '192.0.2.1', 50]] });
    // Of lines each event counts.
    assert.equal(slow.lines.length, 50);
  });
});

test('what waits for an actor that does not answer is bounded, and the oldest goes first', async () => {
  await withActor({ entries_max: 3 }, async ({ connect }) => {
    const [first, slow] = [await connect(0), await connect(1)];
    let open = (): void => {};
    slow.gate = new Promise((resolve) => {
      open = resolve;
    });
    await first.report([connected('a:1')]);
    await until('the first message is there', () => slow.batches.length === 1);
    await first.report(['b:1', 'c:1', 'd:1', 'e:1'].map((destination) => connected(destination)));
    const failing: LineEvent[] = Array.from({ length: 600 }, () => ({ kind: 'proxy-failed', line: 1 }));
    await first.report([], failing);
    await first.report([], [...failing, { kind: 'proxy-reached', line: 1 }]);
    open();
    await until('the rest is there', () => slow.batches.length === 2);
    assert.deepEqual([...slow.routes.keys()], ['a:1', 'c:1', 'd:1', 'e:1']);
    assert.equal(slow.lines.length, 1024);
    assert.equal(slow.lines.at(-1)?.kind, 'proxy-reached');
  });
});

test('a restarted actor takes the place of the old one, whose ports are closed', async () => {
  await withActor({}, async ({ connect }) => {
    const old = await connect(0);
    let closed = 0;
    for (const port of [old.reports, old.pushes]) port.once('close', () => (closed += 1));
    const other = await connect(1);
    await other.report([connected('a:1')]);
    await until('the old one is told', () => old.routes.size === 1);
    const again = await connect(0);
    await until('the old ports are closed', () => closed === 2);
    await other.report([connected('b:1')]);
    await until('the new one is told', () => again.routes.size === 2);
    assert.deepEqual([...old.routes.keys()], ['a:1']);
    // It takes reports as well, and is still the one that is not told of them.
    await again.report([connected('c:1')]);
    await until('the other is told', () => other.routes.size === 1);
    assert.equal(again.routes.has('c:1'), false);
  });
});

test('an actor that has gone is told nothing more, the others go on', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, gone, third] = [await connect(0), await connect(1), await connect(2)];
    gone.reports.close();
    gone.pushes.close();
    await first.report([connected('a:1')]);
    await until('the third is told', () => third.routes.size === 1);
    assert.deepEqual(gone.batches, []);
  });
});

test('what happens to lines is told to the others, and to a new actor which lines answer early', async () => {
  await withActor({}, async ({ connect }) => {
    const [first, second] = [await connect(0), await connect(1)];
    const events: LineEvent[] = [
      { kind: 'proxy-failed', line: 1 },
      { kind: 'proxy-reached', line: 1 },
      { kind: 'early', line: 0, early: true },
      { kind: 'early', line: 1, early: true },
      { kind: 'early', line: 0, early: false },
    ];
    await first.report([], events);
    await until('it is told', () => second.lines.length === 5);
    assert.deepEqual(second.lines, events);
    assert.deepEqual(first.lines, []);
    const third = await connect(2);
    await until('it is told', () => third.lines.length > 0);
    assert.deepEqual(third.lines, [{ kind: 'early', line: 1, early: true }]);
    // To be connected by such a line says nothing, an answer does.
    await first.report([connected('a:1', SECOND)]);
    await until('it is told', () => third.routes.has('a:1'));
    assert.deepEqual(third.told('a:1'), { best: undefined, candidates: [[1, '2001:db8::1', 0]] });
    await first.report([{ destination: 'b:1', event: { ...SECOND, kind: 'answered', first_byte_ms: 30 } }]);
    await until('it is told', () => third.routes.has('b:1'));
    assert.deepEqual(third.told('b:1'), { best: '2001:db8::1', candidates: [[1, '2001:db8::1', 1]] });
  });
});

test('the state file is written at the stop and read at the start, and the time since then counts', async () => {
  await withFile(async (state_file) => {
    await withActor({ state_file }, async ({ connect }) => {
      await (await connect(0)).report([connected('a:1'), connected('b:1', SECOND), connected('b:1', SECOND)]);
    });
    assert.equal(statSync(state_file).mode & 0o777, 0o600);
    const [head, ...rest] = readFileSync(state_file, 'utf8').split('\n');
    const written = JSON.parse(head as string);
    const earlier = { ...written, written_at: written.written_at - 60_000 };
    writeFileSync(state_file, [JSON.stringify(earlier), ...rest].join('\n'));
    const warnings = await withActor({ state_file }, async ({ connect }) => {
      const told = await connect(0);
      await until('it is told', () => told.routes.size === 2);
      assert.deepEqual(told.told('b:1'), { best: '2001:db8::1', candidates: [[1, '2001:db8::1', 2]] });
      const age_ms = told.routes.get('b:1')?.candidates[0]?.worked_age_ms;
      assert.ok(typeof age_ms === 'number' && age_ms >= 60_000 && age_ms < 120_000, `${age_ms}`);
    });
    assert.deepEqual(warnings, []);
    // Too old by now.
    await withActor({ state_file, ttl_s: 60 }, async ({ connect }) => {
      const told = await connect(0);
      await (await connect(1)).report([connected('c:1')]);
      await until('it is told', () => told.routes.size > 0);
      assert.deepEqual([...told.routes.keys()], ['c:1']);
    });
  });
});

test('lines that have moved since the file was written are found again', async () => {
  await withFile(async (state_file) => {
    await withActor({ state_file }, async ({ connect }) => {
      await (await connect(0)).report([connected('a:1', SECOND), connected('b:1')]);
    });
    await withActor(
      { state_file },
      async ({ connect }) => {
        const told = await connect(0);
        await until('it is told', () => told.routes.size > 0);
        assert.deepEqual([...told.routes.keys()], ['a:1']);
        assert.deepEqual(told.told('a:1'), { best: '2001:db8::1', candidates: [[0, '2001:db8::1', 1]] });
      },
      LINES.slice(1),
    );
  });
});

test('a corrupt state file is ignored with one warning, and replaced', async () => {
  await withFile(async (state_file) => {
    writeFileSync(state_file, '{"format":"tcproute-routes","version":1,"written_at":0,"lines":[]}\n{"destina');
    const warnings = await withActor({ state_file }, async ({ connect, warnings }) => {
      await until('it is warned of', () => warnings.length > 0);
      await (await connect(0)).report([connected('a:1')]);
    });
    assert.deepEqual(warnings, [`${state_file} is ignored: damaged`]);
    const again = await withActor({ state_file }, async ({ connect }) => {
      const told = await connect(0);
      await until('it is told', () => told.routes.size === 1);
    });
    assert.deepEqual(again, []);
  });
});

async function withFile(body: (path: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-routes-'));
  try {
    await body(join(directory, 'routes'));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
