// One client that opens all the connections it can leaves room for others, is named in the log, and has its share again when
// its connections have ended.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { ask, type Destination } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const GREEDY = '127.0.0.2';
const OTHER = '127.0.0.3';
/** Other machines could come, so clients are limited. */
const OPEN = { host: '0.0.0.0', allow_clients: ['127.0.0.0/8'], egress: { allow: ['loopback'] } };

const from = (client: string, { port }: Gateway): Promise<Peer> => Peer.connect(port, '127.0.0.1', client);

/** Connections that say nothing: those that are kept, when the others have been closed. */
async function silent(world: World, gateway: Gateway, count: number, kept: number): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (let i = 0; i < count; i += 1) peers.push(world.use(await from(GREEDY, gateway)));
  const open = () => peers.filter(({ ending }) => ending === 'open');
  await until(`${kept} of ${count} are kept`, () => open().length <= kept);
  assert.equal(open().length, kept);
  return open();
}

async function served(world: World, gateway: Gateway, client: string, server: Destination): Promise<Peer> {
  const peer = world.use(await from(client, gateway));
  assert.equal((await ask(peer, server)).reply.rep, 0);
  peer.send('x');
  assert.equal((await peer.read(1)).toString(), 'x');
  return peer;
}

const TURNED_AWAY = 'a client is turned away';

inBothEngines('one address that opens all it can leaves a fifth of the connections to others', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ ...OPEN, limits: { connections_max: 100 }, handshake_timeout_ms: 60_000 });
  const kept = await silent(world, gateway, 300, 80);
  for (let i = 0; i < 15; i += 1) await served(world, gateway, OTHER, server);
  const record = await gateway.logged(TURNED_AWAY);
  assert.deepEqual([record['client'], record.level], [GREEDY, 'warn']);
  assert.match(record.msg, /it has more than its share of the connections, of which few are free$/);
  assert.equal(gateway.records.filter(({ msg }) => msg.startsWith(TURNED_AWAY)).length, 1);
  gateway.child.kill('SIGUSR2');
  const report = await gateway.logged('report: listener');
  assert.deepEqual([report['accepted'], report['refused'], report['limited']], [95, 0, 220]);
  for (const peer of kept) peer.close();
  await until('it is served again', () => gateway.sockets() < 60);
  await served(world, gateway, GREEDY, server);
});

inBothEngines('a client that says nothing has less time while few connections are free', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ ...OPEN, limits: { connections_max: 40 }, handshake_timeout_ms: 60_000 });
  const early = await silent(world, gateway, 30, 30);
  // A quarter is free: with one more client it is less.
  world.use(await from(OTHER, gateway));
  await served(world, gateway, OTHER, server);
  const late = [world.use(await from(OTHER, gateway)), world.use(await from(OTHER, gateway))];
  const begun = performance.now();
  await Promise.all(late.map((peer) => peer.ended()));
  assert.ok(performance.now() - begun > 1000);
  // The last of them may have been taken by their actor when it was tight already.
  assert.ok(early.slice(0, 20).every(({ ending }) => ending === 'open'));
});

inBothEngines('limits of a client that are set hold on this machine, too', async (world) => {
  const server = world.use(await echoServer());
  const limits = { client_connections_max: 5, client_handshakes_max: 3 };
  const gateway = await world.gateway({ limits, handshake_timeout_ms: 60_000 });
  const kept = await silent(world, gateway, 10, 3);
  const { msg } = await gateway.logged(TURNED_AWAY);
  assert.match(msg, /limits.client_handshakes_max of its connections have not said where they want to go$/);
  for (const peer of kept) assert.equal((await ask(peer, server)).reply.rep, 0);
  for (let i = 0; i < 2; i += 1) await served(world, gateway, GREEDY, server);
  const sixth = world.use(await from(GREEDY, gateway));
  assert.notEqual(await sixth.ended(), 'open');
  for (let i = 0; i < 3; i += 1) await served(world, gateway, OTHER, server);
});

inBothEngines('a rate of new connections holds for each client by itself', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ limits: { client_rate: 1 } });
  const many = await Promise.all(Array.from({ length: 20 }, () => from(GREEDY, gateway)));
  for (const peer of many) world.use(peer);
  // Two come at once, and one a second after them.
  await until('some are closed', () => many.some(({ ending }) => ending !== 'open'));
  await served(world, gateway, OTHER, server);
  assert.match((await gateway.logged(TURNED_AWAY)).msg, /it opens more than limits.client_rate connections a second$/);
});
