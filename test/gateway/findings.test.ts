// What is found out of lines and routes lasts: over races, over clients, over a restart.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deferred } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { keptProxies, namesOf } from '../helpers/kept-proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { type Destination, dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

/** A line that has failed is tried again after a second or two. */
const RETRIED_MS = 30_000;
/** Between two visits that only wait for that. */
const PACE_MS = 10;

/** Each of these addresses is a destination that only its lines lead to. */
const DOWN = '127.0.2.1';
const UNUSABLE = '127.0.2.2';
const ALONE = '127.0.2.3';
const STICKY = '127.0.2.4';

const proxies = keptProxies(7);

/** A gateway with two lines for each destination, and one for ALONE. */
async function shared(world: World) {
  const all = await proxies(world.engine);
  const lines = {
    [DOWN]: all.slice(0, 2),
    [UNUSABLE]: all.slice(2, 4),
    [STICKY]: all.slice(4, 6),
    [ALONE]: all.slice(6),
  };
  const rules = Object.entries(lines).map(([cidr, own]) => ({ cidr, use: namesOf(own), sticky: cidr === STICKY }));
  const upstream = { type: 'multipath', list: all.map(({ line }) => line) };
  return { gateway: await world.shared({ upstream, rules, workers: 1 }), lines };
}

async function echo(port: number, destination: Destination): Promise<void> {
  const client = await through(port, destination);
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
  client.close();
}

inBothEngines('a site that is down blames no line', async (world) => {
  const server = world.use(await echoServer(DOWN));
  const { gateway, lines } = await shared(world);
  const [first, second] = lines[DOWN];
  first.trick = { rep: 5 };
  second.trick = { rep: 5 };
  for (let visit = 1; visit <= 3; visit += 1) {
    const { peer, reply } = await dial(gateway.port, server);
    peer.close();
    assert.equal(reply.rep, 5);
    assert.deepEqual([first.count, second.count], [visit, visit], 'everything is tried every time');
  }
  first.trick = 'works';
  await echo(gateway.port, server);
});

inBothEngines('a proxy that cannot be used is left out, and tried again after a while', async (world) => {
  const { gateway, lines } = await shared(world);
  const [first, second] = lines[UNUSABLE];
  first.trick = 'http';
  for (let visit = 0; visit < 6; visit += 1) {
    // Every destination is a new one: what is known of the line is all that helps.
    const server = world.use(await echoServer(UNUSABLE));
    // It has failed before the other one wins.
    const gate = deferred();
    second.trick = { after: gate.promise };
    const dialled = through(gateway.port, server);
    await until('it has been tried, or is left out', () => first.open === 0 && second.count === visit + 1);
    gate.resolve();
    (await dialled).close();
  }
  assert.equal(first.count, 3, 'after three failures it is left out');
  first.trick = 'works';
  second.trick = 'works';
  // One visit after the other, each to a new destination, until one of them tries it.
  for (const begun = performance.now(); first.count === 3; ) {
    assert.ok(performance.now() - begun < RETRIED_MS, 'it is not tried again');
    const server = await echoServer(UNUSABLE);
    (await through(gateway.port, server)).close();
    await server.close();
    await pause(PACE_MS);
  }
  await gateway.idle();
});

inBothEngines('where every proxy is left out they are used all the same', async (world) => {
  const server = world.use(await echoServer(ALONE));
  const { gateway, lines } = await shared(world);
  const [only] = lines[ALONE];
  only.trick = 'http';
  for (let visit = 0; visit < 5; visit += 1) {
    const { peer, reply } = await dial(gateway.port, server);
    peer.close();
    assert.equal(reply.rep, 1);
  }
  assert.equal(only.count, 5);
  only.trick = 'works';
  await echo(gateway.port, server);
});

inBothEngines('sticky: a client stays on its line until that fails, and then on the other one', async (world) => {
  const server = world.use(await echoServer(STICKY));
  const { gateway, lines } = await shared(world);
  const [first, second] = lines[STICKY];
  const gate = deferred();
  second.trick = { after: gate.promise };
  await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [1, 1]);
  await until('the second was let go', () => second.open === 0);
  second.trick = 'works';
  for (let visit = 0; visit < 3; visit += 1) await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [4, 1], 'it stays');
  first.trick = { rep: 5 };
  await echo(gateway.port, server);
  await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [5, 3], 'until it fails');
  first.trick = 'works';
  await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [5, 4], 'and then stays there');
});

inBothEngines('routes survive a restart; a damaged file is warned of once and no more', async (world) => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-routes-'));
  world.use({ close: () => rmSync(directory, { recursive: true, force: true }) });
  const state_file = join(directory, 'routes');
  const server = world.use(await echoServer());
  const first = world.use(await TrickProxy.listen('works'));
  const second = world.use(await TrickProxy.listen('works'));
  const upstream = { type: 'multipath', list: [first.line, second.line] };
  const config = { upstream, workers: 1, cache: { state_file } };
  second.trick = { after: deferred().promise };
  const before = await world.gateway(config);
  await echo(before.port, server);
  await before.stop();
  assert.match(readFileSync(state_file, 'utf8'), new RegExp(`127.0.0.1:${server.port}`));
  const counts = [first.count, second.count];
  const after = await world.gateway(config);
  await echo(after.port, server);
  assert.deepEqual([first.count, second.count], [counts[0] + 1, counts[1]], 'dialled alone');
  await after.stop();
  writeFileSync(state_file, readFileSync(state_file, 'utf8').slice(0, -3));
  const damaged = await world.gateway(config);
  const { level } = await damaged.logged('is ignored: damaged');
  assert.equal(level, 'warn');
  await echo(damaged.port, server);
  assert.equal(second.count, counts[1] + 1, 'raced anew');
});
