// A client that breaks off during the race: its attempts are ended at once. One that only half-closes still gets its
// connection.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as libc from '../../src/linux/libc.js';
import { deferred } from '../helpers/dns-server.js';
import { dialsTowards, State, tcpSockets } from '../helpers/gateway-sockets.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { PeerServer } from '../helpers/servers.js';
import { greeting, NO_AUTHENTICATION, readReply, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { blackHole } from '../linux/peers.js';

/** Longer than the gateway races before it looks after the client (session.ts). */
const WATCHED_MS = 150;

inBothEngines('a reset by the client during the race ends every attempt', async (world) => {
  const hole = blackHole();
  world.use({ close: () => hole.fds.map((fd) => libc.close(fd)) });
  const silent = world.use(await TrickProxy.listen('silent'));
  const upstream = { type: 'multipath', list: [{ type: 'direct' }, silent.line] };
  const gateway = await world.gateway({ upstream, log_level: 'debug' });
  for (const wait_ms of [0, WATCHED_MS]) {
    const open = gateway.sockets();
    const client = world.use(await Peer.connect(gateway.port));
    client.send(Buffer.concat([greeting(), request({ host: '127.0.0.1', port: hole.port })]));
    await until('both lines are tried', () => dialsTowards(hole.port) > 0 && silent.open === 1);
    await delay(wait_ms);
    client.reset();
    await until('nobody dials any more', () => dialsTowards(hole.port) === 0 && silent.open === 0, 2000);
    await until('the gateway has let go', () => gateway.sockets() <= open);
  }
  await until('both are logged', () => gateway.connections.length === 2);
  assert.deepEqual(
    gateway.connections.map(({ ending }) => ending),
    ['cancelled', 'cancelled'],
  );
});

inBothEngines('a half-close by the client during the race does not end it', async (world) => {
  const server = world.use(await PeerServer.listen());
  const { promise, resolve } = deferred();
  const slow = world.use(await TrickProxy.listen({ after: promise }));
  const gateway = await world.shared({ upstream: slow.line });
  const client = world.use(await Peer.connect(gateway.port));
  client.send(Buffer.concat([greeting(), request(server), Buffer.from('question')]));
  await until('the proxy was asked', () => slow.asked.length === 1);
  client.end();
  const clientPort = client.socket.localPort as number;
  await until('the gateway has got the half-close', () =>
    tcpSockets(clientPort).some(({ remotePort, state }) => remotePort === clientPort && state === State.closeWait),
  );
  await delay(WATCHED_MS);
  resolve();
  const destination = await server.accepted();
  assert.equal((await destination.rest()).toString(), 'question');
  destination.send('answer');
  destination.end();
  assert.deepEqual(await client.read(2), NO_AUTHENTICATION);
  assert.equal((await readReply(client)).rep, 0);
  assert.equal((await client.rest()).toString(), 'answer');
  assert.equal(client.ending, 'eof');
});
