import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Route, RouteChange, RouteSubscriber, RoutesActor, RoutesControl } from '../../src/protocol/messages.js';
import { call, moved, type Remote, serve } from '../../src/threads/port.js';
import { run } from '../../src/workers/routes/actor.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { until } from '../helpers/until.js';

const FIRST: Route = { line: 0, address: '192.0.2.1' };
const SECOND: Route = { line: 1, address: '2001:db8::1' };

/** A connection actor as the route actor sees it. */
class Replica implements RouteSubscriber {
  readonly routes = new Map<string, Route>();
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
    serve({ routesChanged: (changes: readonly RouteChange[]) => this.routesChanged(changes) }, pushes);
  }

  async routesChanged(changes: readonly RouteChange[]): Promise<void> {
    this.batches.push(changes.length);
    for (const { destination, route } of changes) {
      if (route === undefined) this.routes.delete(destination);
      else this.routes.set(destination, route);
    }
    await this.gate;
  }
}

interface Running {
  readonly control: Remote<RoutesControl>;
  connect(actor: number): Promise<Replica>;
}

async function withActor(cache: { ttl_s: number; entries_max: number }, body: (running: Running) => Promise<void>) {
  const { port1, port2 } = new MessageChannel();
  const ended = run({ options: gatewayOptions({ cache }), control: port2 });
  const control = call<RoutesControl>(port1);
  await body({
    control,
    async connect(actor) {
      const reports = new MessageChannel();
      const pushes = new MessageChannel();
      await control.connect(actor, moved(reports.port1), moved(pushes.port1));
      return new Replica(reports.port2, pushes.port2);
    },
  });
  await control.stop();
  await ended;
}

const CACHE = { ttl_s: 600, entries_max: 10_000 };

test('what one actor learned the others are told, and it is not told itself', async () => {
  await withActor(CACHE, async ({ connect }) => {
    const replicas = [await connect(0), await connect(1), await connect(2)];
    await replicas[1].actor.report(1, [
      { destination: 'a.test:443', route: FIRST },
      { destination: 'b.test:80', route: SECOND },
    ]);
    for (const other of [replicas[0], replicas[2]]) await until('it is told', () => other.routes.size === 2);
    assert.deepEqual(replicas[0].routes.get('b.test:80'), SECOND);
    await replicas[2].actor.report(2, [{ destination: 'b.test:80', route: undefined }]);
    await until('the others have forgotten', () => replicas[0].routes.size === 1 && replicas[1].batches.length === 1);
    assert.deepEqual(replicas[1].batches, [1]);
  });
});

test('a new actor is told everything, in bounded pieces', async () => {
  await withActor(CACHE, async ({ connect }) => {
    const first = await connect(0);
    for (let batch = 0; batch < 25; batch += 1) {
      const changes = Array.from({ length: 100 }, (_, i) => ({ destination: `${batch}-${i}.test:443`, route: FIRST }));
      await first.actor.report(0, changes);
    }
    const second = await connect(1);
    await until('it knows everything', () => second.routes.size === 2500);
    assert.deepEqual(second.batches, [1000, 1000, 500]);
  });
});

test('the table is bounded, and what has expired is told to nobody', async () => {
  await withActor({ ttl_s: 1, entries_max: 3 }, async ({ connect }) => {
    const first = await connect(0);
    await first.actor.report(
      0,
      ['a', 'b', 'c', 'd'].map((destination) => ({ destination, route: FIRST })),
    );
    const second = await connect(1);
    await until('it is told', () => second.routes.size > 0);
    assert.deepEqual([...second.routes.keys()], ['b', 'c', 'd']);
    await new Promise((resolve) => setTimeout(resolve, 1010));
    const third = await connect(2);
    await first.actor.report(0, [{ destination: 'e', route: SECOND }]);
    await until('it is told', () => third.routes.size > 0);
    assert.deepEqual([...third.routes.keys()], ['e']);
  });
});

test('an actor that does not answer gets one message, and afterwards only the last of what changed', async () => {
  await withActor(CACHE, async ({ connect }) => {
    const first = await connect(0);
    const slow = await connect(1);
    let open = (): void => {};
    slow.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let i = 0; i < 50; i += 1)
      await first.actor.report(0, [{ destination: 'a:1', route: i % 2 ? FIRST : SECOND }]);
    await first.actor.report(0, [{ destination: 'b:1', route: FIRST }]);
    await until('the first message is there', () => slow.batches.length === 1);
    open();
    await until('the rest is there', () => slow.batches.length === 2);
    assert.deepEqual(slow.batches, [1, 2]);
    assert.deepEqual(slow.routes.get('a:1'), FIRST);
  });
});

test('a restarted actor takes the place of the old one, whose ports are closed', async () => {
  await withActor(CACHE, async ({ connect }) => {
    const old = await connect(0);
    let closed = 0;
    for (const port of [old.reports, old.pushes]) port.once('close', () => (closed += 1));
    const other = await connect(1);
    const again = await connect(0);
    await until('the old ports are closed', () => closed === 2);
    await other.actor.report(1, [{ destination: 'a:1', route: FIRST }]);
    await until('the new one is told', () => again.routes.size === 1);
    assert.equal(old.routes.size, 0);
  });
});

test('an actor that has gone is told nothing more, the others go on', async () => {
  await withActor(CACHE, async ({ connect }) => {
    const first = await connect(0);
    const gone = await connect(1);
    const third = await connect(2);
    gone.reports.close();
    gone.pushes.close();
    await first.actor.report(0, [{ destination: 'a:1', route: FIRST }]);
    await until('the third is told', () => third.routes.size === 1);
    assert.equal(gone.batches.length, 0);
  });
});
