// What is remembered goes first and alone, but not for longer than by its own history it should need; and what is found
// out of lines and routes lasts: over races, over clients, over a restart.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deferred } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { type Destination, dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

/** A line that has failed is tried again after a second or two. */
const RETRIED_MS = 30_000;

async function twoProxies(world: World) {
  const first = world.use(await TrickProxy.listen('works'));
  const second = world.use(await TrickProxy.listen('works'));
  const upstream = { type: 'multipath', list: [first.line, second.line] };
  return { first, second, upstream };
}

async function echo(port: number, destination: Destination): Promise<void> {
  const client = await through(port, destination);
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
  client.close();
}

inBothEngines('a winner that no longer answers is given up as the best, not waited for', async (world) => {
  const server = world.use(await echoServer());
  const { first, second, upstream } = await twoProxies(world);
  const never = deferred();
  second.trick = { after: never.promise };
  const gateway = await world.gateway({ upstream, workers: 1, race: { margin_ms: 300 }, log_level: 'debug' });
  await echo(gateway.port, server);
  second.trick = 'works';
  for (let visit = 0; visit < 3; visit += 1) await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [4, 1], 'remembered');
  // It takes connections and says nothing: only the time shows it.
  first.trick = 'silent';
  for (let visit = 0; visit < 2; visit += 1) await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [6, 3], 'both times it was late, and the other was started beside it');
  for (let visit = 0; visit < 3; visit += 1) await echo(gateway.port, server);
  assert.deepEqual([first.count, second.count], [6, 6], 'the other one is the best now');
  await until('all are logged', () => gateway.connections.length === 9);
  const attempts = gateway.connections[4]?.['attempts'] as {
    result: string;
    remembered: boolean;
    started_ms: number;
  }[];
  assert.deepEqual(
    attempts.map(({ result, remembered }) => [result, remembered]),
    [
      ['late', true],
      ['connected', false],
    ],
  );
  assert.ok(attempts[1].started_ms >= 300, 'no sooner than its history and the margin');
});

inBothEngines('a site that is down blames no line', async (world) => {
  const server = world.use(await echoServer());
  const { first, second, upstream } = await twoProxies(world);
  const gateway = await world.gateway({ upstream, workers: 1 });
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
  const { first, second, upstream } = await twoProxies(world);
  const gateway = await world.gateway({ upstream, workers: 1 });
  first.trick = 'http';
  for (let visit = 0; visit < 6; visit += 1) {
    // Every destination is a new one: what is known of the line is all that helps.
    const server = world.use(await echoServer());
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
    const server = await echoServer();
    (await through(gateway.port, server)).close();
    await server.close();
  }
  await gateway.idle();
});

inBothEngines('where every proxy is left out they are used all the same', async (world) => {
  const server = world.use(await echoServer());
  const only = world.use(await TrickProxy.listen('http'));
  const gateway = await world.gateway({ upstream: only.line, workers: 1 });
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
  const server = world.use(await echoServer());
  const { first, second, upstream } = await twoProxies(world);
  const gateway = await world.gateway({ upstream, workers: 1, rules: [{ sticky: true }] });
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
  const { first, second, upstream } = await twoProxies(world);
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

inBothEngines(
  'race.stagger_ms starts first contacts one after the other, and the next at once when one fails',
  async (world) => {
    const server = world.use(await echoServer());
    const { first, second, upstream } = await twoProxies(world);
    const third = world.use(await TrickProxy.listen('works'));
    upstream.list.push(third.line);
    first.trick = { rep: 5 };
    second.trick = 'silent';
    const gateway = await world.gateway({ upstream, workers: 1, race: { stagger_ms: 250 }, log_level: 'debug' });
    await echo(gateway.port, server);
    const { attempts } = await gateway.connection(server);
    const [refused, silent, works] = attempts as { started_ms: number; ended_ms: number; result: string }[];
    assert.deepEqual([refused.result, silent.result, works.result], ['refused', 'abandoned', 'connected']);
    assert.ok(silent.started_ms - refused.ended_ms < 100, 'the second began when the first had failed');
    assert.ok(works.started_ms - silent.started_ms >= 250, 'the third had to wait');
  },
);

inBothEngines('cache.refresh_s has all candidates raced anew, although one is remembered', async (world) => {
  const server = world.use(await echoServer());
  const { first, second, upstream } = await twoProxies(world);
  const gateway = await world.gateway({ upstream, workers: 1, cache: { refresh_s: 1 } });
  await echo(gateway.port, server);
  await echo(gateway.port, server);
  assert.equal(first.count + second.count, 3, 'the second connection went to one of them alone');
  await new Promise((resolve) => setTimeout(resolve, 1050));
  await echo(gateway.port, server);
  assert.equal(first.count + second.count, 5, 'both were tried again');
});

inBothEngines('race.attempts_max bounds the attempts under way', async (world) => {
  const server = world.use(await echoServer());
  const proxies = await Promise.all(Array.from({ length: 5 }, () => TrickProxy.listen('silent')));
  for (const proxy of proxies) world.use(proxy);
  proxies[4].trick = 'works';
  const upstream = { type: 'multipath', list: proxies.map(({ line }) => line) };
  const gateway = await world.gateway({ upstream, workers: 1, race: { attempts_max: 2, connect_timeout_ms: 300 } });
  const dialled = through(gateway.port, server);
  await until('two are under way', () => proxies.filter(({ open }) => open > 0).length === 2);
  assert.equal(
    proxies.reduce((sum, { count }) => sum + count, 0),
    2,
  );
  const client = await dialled;
  client.close();
  assert.deepEqual(
    proxies.map(({ count }) => count),
    [1, 1, 1, 1, 1],
  );
});
