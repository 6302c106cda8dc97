// The gateway as a process: how it stops, and what it says when it cannot start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { PeerServer, TestServer } from '../helpers/servers.js';
import { greeting, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

async function connected(world: World, config: object) {
  const server = world.use(await PeerServer.listen());
  const gateway = await world.gateway(config);
  const client = world.use(await through(gateway.port, server));
  return { gateway, client, destination: await server.accepted() };
}

async function refusesClients(port: number): Promise<void> {
  let refused = false;
  await until('new clients are refused', () => {
    void Peer.connect(port).then(
      (peer) => peer.close(),
      (error: Error) => {
        refused ||= error.message.endsWith('ECONNREFUSED');
      },
    );
    return refused;
  });
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
