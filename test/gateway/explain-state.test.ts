// What `tcproute explain` reads and leaves: state files, warnings, and nothing behind it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainTarget } from '../../src/main/commands/explain/explain.js';
import { targetOfText } from '../../src/protocol/address/target.js';
import { directory, explain, explained, HERE, multipath, results } from '../helpers/explain-command.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { bannerServer, echoServer, silentServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { openFds } from '../linux/peers.js';

inBothEngines('it begins with what the running gateway remembers, and writes nothing', async (world) => {
  const folder = mkdtempSync(join(directory, 'state-'));
  const state_file = join(folder, 'routes');
  const server = world.use(await echoServer());
  const good = world.use(await TrickProxy.listen('works'));
  const bad = world.use(await TrickProxy.listen('silent'));
  const upstream = multipath({ ...bad.line, name: 'bad' }, { ...good.line, name: 'good' });
  // A busy machine makes nobody late.
  const race = { margin_ms: 5000 };
  const config = { upstream, race, cache: { state_file }, dns: { ...HERE.dns, state_file: join(folder, 'names') } };
  const gateway = await world.gateway(config);
  const client = await through(gateway.port, { host: 'a.test', port: server.port });
  client.close();
  await gateway.stop();
  const written = readFileSync(state_file, 'utf8');
  const files = readdirSync(folder);
  const told = await explained(world, config, `a.test:${server.port}`);
  assert.deepEqual([told.race.why, results(told)], ['remembered', [['good', 'connected']]]);
  assert.equal(told.race.attempts[0].remembered, true);
  const turns = ({ outlook }: typeof told) =>
    outlook?.lines.map(({ line, turn, addresses }) => [line, turn, ...addresses.flatMap(({ why }) => why)]);
  assert.deepEqual(turns(told), [
    ['good', 'first', { kind: 'best' }],
    ['bad', 'others', { kind: 'unknown' }],
  ]);
  const other = await explained(world, config, `b.test:${server.port}`);
  assert.equal(other.race.attempts.length, 2);
  assert.deepEqual(
    turns(other)?.map(([, turn]) => turn),
    ['others', 'others'],
  );
  assert.deepEqual([readFileSync(state_file, 'utf8'), readdirSync(folder)], [written, files]);
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith('tcproute-explain-')),
    [],
    'its own copies are gone',
  );
});

inBothEngines('a state file that cannot be used is warned of by its own name', async (world) => {
  const server = world.use(await echoServer());
  const state_file = join(directory, 'damaged');
  writeFileSync(state_file, 'x');
  const told = await explain(world, { cache: { state_file } }, `127.0.0.1:${server.port}`);
  assert.deepEqual([told.status, told.stderr], [0, `warning: ${state_file} is ignored: not a list of routes\n`]);
  assert.equal(readFileSync(state_file, 'utf8'), 'x');
});

inBothEngines('what the race warns of is told with the line and the address', async (world) => {
  const server = world.use(await echoServer());
  const good = world.use(await TrickProxy.listen({ after: () => new Promise((go) => setTimeout(go, 200)) }));
  const bad = world.use(await TrickProxy.listen('http'));
  const port = await freePort();
  const upstream = multipath(
    { ...good.line, name: 'good' },
    { ...bad.line, name: 'odd' },
    { type: 'socks5', host: '127.0.0.1', port, name: 'dead' },
  );
  const told = await explain(world, { upstream }, `127.0.0.1:${server.port}`);
  assert.equal(told.status, 0, told.stdout);
  assert.equal(told.stderr, 'warning: line "odd" at 127.0.0.1: the proxy broke its protocol\n');
});

inBothEngines('state files that are pipes are not waited for', async (world) => {
  const server = world.use(await echoServer());
  const [routes, names] = [join(directory, `${world.engine}.routes`), join(directory, `${world.engine}.names`)];
  assert.equal(spawnSync('mkfifo', [routes, names]).status, 0);
  const config = { cache: { state_file: routes }, dns: { ...HERE.dns, state_file: names } };
  const told = await explain(world, config, `127.0.0.1:${server.port}`);
  const why = 'is ignored: it is a pipe, not a file';
  assert.deepEqual([told.status, told.stderr], [0, `warning: ${routes} ${why}\nwarning: ${names} ${why}\n`]);
});

inBothEngines('it gives back every descriptor, timer and thread', async (world) => {
  const banner = world.use(await bannerServer('hello'));
  const silent = world.use(await silentServer());
  const options = gatewayOptions({ engine: world.engine });
  const race = { ...options.race, connect_timeout_ms: 100 };
  const run = async () => {
    const spoke = targetOfText(`127.0.0.1:${banner.port}`, 443)!;
    const mute = targetOfText(`127.0.0.1:${silent.port}`, 443)!;
    const told = [await explainTarget(spoke, false, options), await explainTarget(mute, true, { ...options, race })];
    assert.deepEqual(
      told.map(({ outcome }) => outcome.kind === 'explained' && outcome.explanation.answer.kind),
      ['spoke-first', 'tls-failed'],
    );
    return { fds: openFds().size, threads: readdirSync('/proc/self/task').length, active: active() };
  };
  const first = await run();
  assert.deepEqual(await run(), first);
});

/** What keeps the process alive, the servers of the test aside. */
const active = () => process.getActiveResourcesInfo().filter((kind) => !/^TCPSERVERWRAP|^TCPSocketWrap/i.test(kind));
