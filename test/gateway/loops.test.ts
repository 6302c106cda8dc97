// Two gateways that are each other's line: a request goes to and fro, and every step is one more connection. Their number
// stops growing, the client is told, and nothing goes on without it.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer } from '../helpers/servers.js';
import { dial, greeting, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const CONNECTIONS_MAX = 200;
/** Of each gateway: for both of its workers what is not counted and one crowd, a client and an attempt each. */
const SOCKETS_MAX = 2 * 2 * (8 + CONNECTIONS_MAX / 2 / 8 + 4);
const NOBODY = { host: '127.0.0.1', port: 9 };

/** `more` are further lines of the second one. */
async function mutual(world: World, connect_timeout_ms: number, more: readonly object[] = []) {
  const [a, b] = [await freePort(), await freePort()];
  const to = (port: number) => ({ type: 'socks5', host: '127.0.0.1', port });
  const common = {
    workers: 2,
    limits: { connections_max: CONNECTIONS_MAX },
    race: { connect_timeout_ms },
    log_level: 'debug',
  };
  const first = await world.gateway({ ...common, port: a, upstream: to(b) });
  const list = [to(a), ...more];
  const second = await world.gateway({ ...common, port: b, upstream: { type: 'multipath', list } });
  return [first, second] as const;
}

const said = (gateway: Gateway) =>
  gateway.records.some(({ msg }) => msg.includes('the line may lead back to this gateway'));

inBothEngines('mutual lines stop growing, and the client is told that it timed out', async (world) => {
  // Long enough for a busy machine to fill a crowd.
  const gateways = await mutual(world, 6000);
  const idle = gateways.map((gateway) => gateway.sockets());
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, ...gateways.map((gateway, index) => gateway.sockets() - (idle[index] as number)));
  }, 50);
  const { peer, reply } = await dial(gateways[0].port, NOBODY).finally(() => clearInterval(look));
  world.use(peer);
  assert.equal(reply.rep, 4);
  peer.end();
  assert.ok(most > 20 && most <= SOCKETS_MAX, `${most} sockets`);
  await until('one has said so', () => gateways.some(said));
  for (const gateway of gateways) await gateway.idle();
  // All that the one request came to. An attempt that times out makes room for another until the client's own has: how many
  // do is a matter of how busy the machine is. Without a bound there are tens of thousands.
  for (const { connections } of gateways) assert.ok(connections.length <= 10 * SOCKETS_MAX, `${connections.length}`);
});

inBothEngines('a race between mutual lines ends when its client has gone', async (world) => {
  const gateways = await mutual(world, 600_000);
  const peer = world.use(await Peer.connect(gateways[0].port));
  peer.send(Buffer.concat([greeting(), request(NOBODY)]));
  await until('they have stopped growing', () => gateways.some(said));
  peer.reset();
  for (const gateway of gateways) await gateway.idle();
});

inBothEngines('mutual lines carry what one of them reaches by another line', async (world) => {
  const server = world.use(await echoServer());
  const [first] = await mutual(world, 20_000, [{ type: 'direct' }]);
  for (let turn = 0; turn < 3; turn += 1) {
    const { peer, reply } = await dial(first.port, server);
    world.use(peer);
    assert.equal(reply.rep, 0);
    peer.send('x');
    assert.equal((await peer.read(1)).toString(), 'x');
    peer.close();
  }
});
