// Few file descriptors: what the gateway says that fits, fits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';

const FDS = 512;

inBothEngines('with few descriptors as many connections as are promised work at the same time', async (world) => {
  const server = world.use(await echoServer());
  const gateway = world.own(await Gateway.start({ workers: 2 }, world.engine, [], FDS));
  const { msg, fds } = await gateway.logged('room for ');
  const promised = Number(/room for (\d+) connections/.exec(msg)?.[1]);
  const use = fds as Record<string, number>;
  assert.equal(use['limit'], FDS);
  assert.equal(use['connections'], 2 * promised);
  assert.ok(promised >= FDS / 4, `${promised} connections`);
  const peers = await Promise.all(Array.from({ length: promised }, () => through(gateway.port, server)));
  for (const peer of peers) world.use(peer).send('still here');
  for (const peer of peers) assert.equal((await peer.read(10)).toString(), 'still here');
  assert.ok(gateway.fds().length < FDS, `${gateway.fds().length} descriptors`);
  for (const peer of peers) peer.end();
  await gateway.idle();
  const wrong = gateway.records.filter(({ level }) => level !== 'info').map(({ msg }) => msg);
  assert.deepEqual(wrong, ['connections_max is reached: further clients wait in the backlog of the kernel']);
});

test('too few descriptors for any connection: it says how many are needed, and with as many it starts', async () => {
  const refused = Gateway.spawn({ port: 0, workers: 2 }, 'epoll', [], 100);
  assert.deepEqual(await refused.exited, { status: 1, signal: null });
  const fatal = refused.records.find(({ level }) => level === 'fatal')?.msg ?? '';
  const [, needed] =
    /^no connection fits: RLIMIT_NOFILE is 100, and 2 workers need (\d+) for one connection/.exec(fatal) ?? [];
  assert.match(fatal, /ulimit -Hn \d+/);
  const gateway = await Gateway.start({ workers: 2 }, 'epoll', [], Number(needed));
  assert.match((await gateway.logged('room for ')).msg, /^room for 1 connections/);
  await gateway.stop();
});
