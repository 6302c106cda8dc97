import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Tuning } from '../../../src/main/actors/supervisor-parts.js';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import type { Gateway } from '../../../src/main/gateway/running.js';
import type { Options } from '../../../src/protocol/options.js';
import { GatewayCounts } from '../../../src/threads/shared/gateway-counts.js';
import { captureLog, type Record } from '../../helpers/capture-log.js';
import { FAULTY_ENTRIES, type Fault, goWrong } from '../../helpers/faulty-connection.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';
import { EchoClient, startEcho } from '../../helpers/socks-echo.js';
import { until } from '../../helpers/until.js';

const fds = (): number => readdirSync('/proc/self/fd').length;
const rings = (): number => readFileSync('/proc/self/maps', 'utf8').split('io_uring').length - 1;
/** Timers and ports of this thread that keep it alive. */
const handles = (): string[] => process.getActiveResourcesInfo().filter((kind) => /Timeout|MessagePort/.test(kind));
/**
 * Node 24 and 26 do not end a thread that fills its heap without a pause: it hangs, deaf to terminate(), or takes the
 * process with it (seen with nothing but a Worker and resourceLimits on 24.21 and 26.10; 20 and 22 end it).
 */
const ENDS_HOGS = Number.parseInt(process.versions.node, 10) < 24;
const FAULTS: readonly Fault[] = ['throw', 'exit', 'spin', 'leak', ...(ENDS_HOGS ? ['hog' as const] : [])];

interface Running {
  readonly gateway: Gateway;
  readonly counts: GatewayCounts;
  readonly records: Record[];
  readonly target: number;
  open(): Promise<EchoClient>;
}

/** Ends by checking that nothing of the gateway is left. */
async function withGateway(
  changes: Partial<Options>,
  tuning: Tuning,
  body: (running: Running) => Promise<void>,
): Promise<void> {
  const echo = await startEcho();
  const before = { fds: fds(), rings: rings(), handles: handles() };
  const { log, records } = captureLog();
  const counts = new GatewayCounts();
  const started = await startGateway(gatewayOptions(changes), log, { entries: FAULTY_ENTRIES, ...tuning }, { counts });
  assert.ok(started.code === 'started', JSON.stringify(started));
  const { gateway } = started;
  const open = (): Promise<EchoClient> => EchoClient.open(gateway.address.port, echo.port);
  try {
    await body({ gateway, counts, records, target: echo.port, open });
    assert.equal(gateway.stats().unasked, 0);
  } finally {
    await gateway.close(0);
    await echo.close();
  }
  await until('all fds are closed', () => fds() <= before.fds);
  await until('no ring is mapped any more', () => rings() === before.rings);
  // The port of a thread that has died hears of it a moment later.
  await until('all ports are closed', () => isDeepStrictEqual(handles(), before.handles));
}

for (const engine of ['uring', 'epoll'] as const) {
  for (const fault of FAULTS) {
    test(`${engine}: an actor that goes wrong by ${fault} loses its own connections only, and is started again`, async () => {
      await withGateway({ engine }, { heap_mb: 64, check_ms: 750 }, async ({ gateway, counts, records, open }) => {
        // By turns to both actors, since the one with the fewest is chosen.
        const clients = [await open(), await open(), await open(), await open()];
        const ends = clients.map(() => 'open');
        for (const [i, { ended }] of clients.entries()) void ended.then((how) => (ends[i] = how));
        goWrong(0, fault);
        await until('its connections end', () => ends.filter((end) => end !== 'open').length === 2, 20_000);
        // After a throw the actor still ends its connections itself.
        const how = fault === 'throw' ? /^(end|ECONNRESET)$/ : /^ECONNRESET$/;
        for (const end of ends) assert.match(end, end === 'open' ? /open/ : how);
        const left = clients.filter((_, i) => ends[i] === 'open');
        for (const client of left) await client.echo('still here');
        await until('main knows', () => records.some(({ level }) => level === 'error'));
        await until('it serves again', () => gateway.actors()[0] !== undefined);
        const { opened, closed } = gateway.stats();
        assert.equal(opened - closed, 2);
        const more = [await open(), await open(), await open(), await open()];
        for (const client of more) await client.echo('as before');
        assert.deepEqual(ends.filter((end) => end === 'open').length, 2);
        const died = records.filter(({ msg }) => msg === 'actor died, starting it again');
        assert.equal(died.length, 1);
        assert.deepEqual([counts.deaths('connection'), counts.deaths('dns')], [1, 0]);
        assert.ok(counts.turns.count > 0);
        await until('the route actor has beaten', () => counts.lateness('routes').count > 0);
        assert.equal(died[0]['actor'], 'connection actor 0');
        const { actors } = await gateway.status(false);
        const [first, ...others] = actors.filter(({ deaths }) => deaths > 0);
        assert.deepEqual([first?.name, first?.deaths, first?.is_serving, others], ['connection actor 0', 1, true, []]);
        assert.equal(first?.last_death?.why, died[0]['why']);
        if (fault === 'leak') assert.match(String(died[0]['why']), /^out of memory: more than 51 MiB/);
        for (const client of [...left, ...more]) await client.close();
      });
    });
  }
}

for (const fault of ['throw', 'exit'] as const) {
  test(`connections that ended with an actor that went wrong by ${fault} count no more against their client`, async () => {
    const limits = { ...gatewayOptions().limits, client_connections_max: 4 };
    await withGateway({ limits }, { check_ms: 750 }, async ({ gateway, records, open }) => {
      const clients = [await open(), await open(), await open(), await open()];
      await assert.rejects(open());
      goWrong(0, fault);
      await until('main knows', () => records.some(({ level }) => level === 'error'));
      await until('it serves again', () => gateway.actors()[0] !== undefined);
      const more = [await open(), await open()];
      await assert.rejects(open());
      for (const client of [...clients, ...more]) await client.close();
    });
  });
}

test('clients that a dead actor had not taken are served by another', async () => {
  await withGateway({}, { check_ms: 750 }, async ({ open }) => {
    goWrong(0, 'spin');
    await delay(200);
    // Half of them go to the queue of the one that spins, and wait there until it is found out.
    const clients = await Promise.all(Array.from({ length: 20 }, open));
    for (const client of clients) await client.echo('served');
    for (const client of clients) await client.close();
  });
});

test('all actors dying at once stop nothing for good', async () => {
  await withGateway({}, {}, async ({ gateway, records, open }) => {
    for (const actor of gateway.actors().keys()) goWrong(actor, 'throw');
    await until('both have died', () => records.filter(({ level }) => level === 'error').length === 2);
    const client = await open();
    await client.echo('again');
    await client.close();
    await until('both serve again', () => gateway.actors().every((actor) => actor !== undefined));
  });
});

test('an actor that is started again knows what an operator has set', async () => {
  await withGateway({}, {}, async ({ gateway, records, open }) => {
    const [{ name: line }] = gatewayOptions().lines;
    assert.equal(await gateway.steer({ kind: 'pause', line }), 'changed');
    await assert.rejects(open());
    for (const actor of gateway.actors().keys()) goWrong(actor, 'throw');
    await until('both have died', () => records.filter(({ level }) => level === 'error').length === 2);
    await until('both serve again', () => gateway.actors().every((actor) => actor !== undefined));
    // By turns to both actors.
    for (let i = 0; i < 4; i += 1) await assert.rejects(open());
    assert.equal(await gateway.steer({ kind: 'resume', line }), 'changed');
    const client = await open();
    await client.echo('again');
    await client.close();
  });
});

for (const how of ['throws', 'exits', 'spins'] as const) {
  for (const service of ['names', 'routes'] as const) {
    test(`the ${service} actor that ${how} is started again, and connections go on`, async () => {
      const stub = new URL('../../helpers/failing-service.js', import.meta.url);
      const entry = (name: string): URL => new URL(`../../../src/workers/${name}/actor.js`, import.meta.url);
      const real = { connection: entry('connection'), names: entry('dns'), routes: entry('routes') };
      const tuning = { check_ms: 750, entries: { ...real, [service]: stub } };
      process.env['FAIL_SERVICE'] = how;
      await withGateway({}, tuning, async ({ records, open }) => {
        const client = await open();
        await until('it has died', () => records.some(({ level }) => level === 'error'), 20_000);
        await client.echo('still here');
        const another = await open();
        await another.echo('new');
        await client.close();
        await another.close();
      });
    });
  }
}

test('an actor that does not start is said in one sentence, and nothing is left', async () => {
  const before = { fds: fds(), handles: handles() };
  const nowhere = new URL('../../helpers/no-such-actor.js', import.meta.url);
  const { log } = captureLog();
  const entries = { connection: nowhere, names: nowhere, routes: nowhere };
  const started = await startGateway(gatewayOptions(), log, { entries });
  assert.ok(started.code === 'failed');
  assert.match(started.message, /^DNS actor does not start: Cannot find module/);
  await until('all fds are closed', () => fds() <= before.fds);
  await until('all ports are closed', () => isDeepStrictEqual(handles(), before.handles));
});

test('an actor in its back-off does not delay closing', async () => {
  await withGateway({}, {}, async ({ gateway, records }) => {
    goWrong(0, 'exit');
    await until('it has died', () => records.some(({ level }) => level === 'error'));
    const begun = performance.now();
    await gateway.close(0);
    assert.ok(performance.now() - begun < 2000);
  });
});
