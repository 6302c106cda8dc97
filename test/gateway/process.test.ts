// The gateway as a process: how it stops, and what it says when it cannot start.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Gateway, type LogRecord } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { PeerServer, TestServer } from '../helpers/servers.js';
import { greeting, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

/** Within this time a gateway that stops refuses clients. */
const REFUSED_MS = 10_000;
/** Between two looks: each is a connection. */
const PACE_MS = 25;

async function connected(world: World, config: object) {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ workers: 2, ...config });
  const client = world.use(await through(gateway.port, server));
  return { gateway, client, destination: await server.accepted() };
}

async function refusesClients(port: number): Promise<void> {
  const refused = () =>
    Peer.connect(port).then(
      (peer) => {
        peer.close();
        return false;
      },
      ({ message }: Error) => message.endsWith('ECONNREFUSED'),
    );
  for (const begun = performance.now(); !(await refused()); await pause(PACE_MS)) {
    assert.ok(performance.now() - begun < REFUSED_MS, 'new clients are not refused');
  }
}

inBothEngines('SIGTERM refuses new clients, lets the open connection finish and exits 0', async (world) => {
  const { gateway, client, destination } = await connected(world, {});
  gateway.child.kill('SIGTERM');
  await gateway.logged('stopping');
  await refusesClients(gateway.port);
  client.send('question');
  client.end();
  assert.equal((await destination.rest()).toString(), 'question');
  assert.equal(gateway.exit, undefined);
  destination.send('answer');
  destination.end();
  assert.equal((await client.rest()).toString(), 'answer');
  assert.equal(client.ending, 'eof');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

inBothEngines('drain_timeout_ms ends what is left by a reset', async (world) => {
  const { gateway, client, destination } = await connected(world, { drain_timeout_ms: 300 });
  const silent = world.use(await Peer.connect(gateway.port));
  silent.send(greeting());
  await silent.read(2);
  const begun = performance.now();
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  const took = performance.now() - begun;
  assert.ok(took > 250 && took < 3000, `exited after ${took} ms`);
  assert.equal(await client.ended(), 'ECONNRESET');
  assert.equal(await destination.ended(), 'ECONNRESET');
  await silent.ended();
});

inBothEngines('a second signal exits at once', async (world) => {
  const { gateway } = await connected(world, {});
  gateway.child.kill('SIGTERM');
  await gateway.logged('stopping');
  const begun = performance.now();
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 143, signal: null });
  assert.ok(performance.now() - begun < 2000);
});

/**
 * A download of which a part has come. All of that has been read: where a reset comes while bytes wait, Node as a client
 * takes it for an end (libuv stops at the hang-up behind a partial read).
 */
async function downloading(world: World) {
  const { gateway, client, destination } = await connected(world, {});
  destination.send(Buffer.alloc(4 << 20));
  await client.read(4 << 20);
  return { gateway, client, destination };
}

const CUTS = [
  { how: 'a second SIGTERM', status: 143, signals: ['SIGTERM', 'SIGTERM'] },
  { how: 'a SIGINT after a SIGTERM', status: 130, signals: ['SIGTERM', 'SIGINT'] },
  { how: 'SIGQUIT', status: 131, signals: ['SIGQUIT'] },
] as const;
for (const { how, status, signals } of CUTS) {
  inBothEngines(`${how} does not make a truncated transfer look whole`, async (world) => {
    const { gateway, client, destination } = await downloading(world);
    gateway.child.kill(signals[0]);
    if (signals.length > 1) await gateway.logged('stopping');
    for (const signal of signals.slice(1)) gateway.child.kill(signal);
    assert.deepEqual(await gateway.exited, { status, signal: null });
    assert.equal(await client.ended(), 'ECONNRESET');
    assert.equal(await destination.ended(), 'ECONNRESET');
    const { cut, signal } = await gateway.logged('ended at once');
    assert.deepEqual([cut, signal], [1, signals.at(-1)]);
  });
}

inBothEngines('what is remembered is written down when it is told to stop, not only when it has', async (world) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-state-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const server = world.use(await PeerServer.listen());
  const files = { cache: { state_file: join(folder, 'routes') }, dns: { state_file: join(folder, 'addresses') } };
  const gateway = await world.gateway({ workers: 2, ...files });
  // A name, since with one address and one line there is nothing to remember.
  const client = world.use(await through(gateway.port, { host: 'localhost', port: server.port }));
  const destination = await server.accepted();
  client.send('question');
  await destination.read(8);
  destination.send('answer');
  await client.read(6);
  gateway.child.kill('SIGTERM');
  await until('both are written', () => existsSync(files.cache.state_file) && existsSync(files.dns.state_file));
  assert.match(readFileSync(files.cache.state_file, 'utf8'), new RegExp(`localhost:${server.port}`));
  assert.equal(gateway.exit, undefined);
  client.end();
  destination.end();
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

inBothEngines('the last line says how the connections that were open have ended', async (world) => {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway({ workers: 2, drain_timeout_ms: 1500 });
  const clients = [];
  for (let i = 0; i < 4; i += 1) clients.push(world.use(await through(gateway.port, server)));
  const [whole, reset] = clients as [Peer, Peer, ...Peer[]];
  gateway.child.kill('SIGTERM');
  await gateway.logged('stopping');
  whole.end();
  const destination = await server.accepted(0);
  await destination.rest();
  destination.end();
  reset.socket.resetAndDestroy();
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  const { completed, failed, cut, msg } = gateway.records.at(-1) as LogRecord;
  assert.deepEqual({ msg, completed, failed, cut }, { msg: 'stopped', completed: 1, failed: 1, cut: 2 });
});

test('SIGINT stops an idle gateway as SIGTERM does', async () => {
  const gateway = await Gateway.start({}, 'epoll');
  gateway.child.kill('SIGINT');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

test('a port in use is one clear line and exit status 1', async () => {
  const squatter = await TestServer.listen(() => {});
  const gateway = Gateway.spawn({ port: squatter.port }, 'epoll');
  assert.deepEqual(await gateway.exited, { status: 1, signal: null });
  await squatter.close();
  const wrong = gateway.records.filter(({ level }) => level !== 'info').map(({ level, msg }) => `${level}: ${msg}`);
  assert.deepEqual(wrong, [`fatal: cannot listen on 127.0.0.1:${squatter.port}: the port is in use (EADDRINUSE)`]);
  assert.ok(gateway.output.trimEnd().split('\n').length <= 2, gateway.output);
});
