// Two gateways that are each other's line: a request goes to and fro, and every step is one more connection. They find it out
// by telling each other how many gateways the request has passed, and where that is lost on the way, their number stops
// growing. The client is told, and nothing goes on without it.
import assert from 'node:assert/strict';
import { DEPTH_MAX } from '../../src/protocol/gateway-depth.js';
import { deafForward } from '../helpers/deaf-forward.js';
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

interface Circle {
  readonly connect_timeout_ms: number;
  /** Further lines of the second gateway. */
  readonly more?: readonly object[];
  /** Of the lines to each other. */
  readonly type?: 'socks5' | 'http' | 'socks4';
  /** At each other. */
  readonly username?: string;
  /** Whether what the second gateway says beside its request is lost. */
  readonly deaf?: boolean;
}

async function mutual(world: World, circle: Circle) {
  const { connect_timeout_ms, more = [], type = 'socks5', username, deaf = false } = circle;
  const [a, b] = [await freePort(), await freePort()];
  const back = deaf ? world.use(await deafForward(a)).port : a;
  const to = (port: number) => ({ type, host: '127.0.0.1', port, ...(username === undefined ? {} : { username }) });
  const common = {
    workers: 2,
    limits: { connections_max: CONNECTIONS_MAX },
    race: { connect_timeout_ms },
    log_level: 'debug',
  };
  const first = await world.gateway({ ...common, port: a, upstream: to(b) });
  const list = [to(back), ...more];
  const second = await world.gateway({ ...common, port: b, upstream: { type: 'multipath', list } });
  return [first, second] as const;
}

const says = (gateway: Gateway, message: string) => gateway.records.some(({ msg }) => msg.includes(message));
const MAY_LEAD_BACK = 'the line may lead back to this gateway';
const LEAD_TO_EACH_OTHER = 'the line leads to the gateway itself, or in a circle';

inBothEngines('mutual lines are found out, and the client is told at once', async (world) => {
  const gateways = await mutual(world, { connect_timeout_ms: 600_000 });
  for (let turn = 0; turn < 3; turn += 1) {
    const { peer, reply } = await dial(gateways[0].port, NOBODY);
    world.use(peer);
    assert.equal(reply.rep, 1);
    peer.end();
    for (const gateway of gateways) await gateway.idle();
  }
  assert.ok(gateways.some((gateway) => says(gateway, LEAD_TO_EACH_OTHER)));
  for (const { connections } of gateways) assert.ok(connections.length <= 3 * SOCKETS_MAX, `${connections.length}`);
  // It is remembered for a moment: the next request comes to an end after as many steps as are allowed, and a few more where
  // it meets an actor that has heard nothing yet.
  for (const gateway of gateways) gateway.forgetConnections();
  const { peer } = await dial(gateways[0].port, { host: 'another.test', port: 9 });
  world.use(peer).end();
  for (const gateway of gateways) await gateway.idle();
  for (const { connections } of gateways) assert.ok(connections.length <= DEPTH_MAX + 4, `${connections.length}`);
});

for (const type of ['http', 'socks4'] as const) {
  inBothEngines(
    `mutual lines of ${type} are found out, too`,
    async (world) => {
      const gateways = await mutual(world, { connect_timeout_ms: 600_000, type });
      const { peer, reply } = await dial(gateways[0].port, NOBODY);
      world.use(peer);
      assert.notEqual(reply.rep, 0);
      peer.end();
      for (const gateway of gateways) await gateway.idle();
      assert.ok(gateways.some((gateway) => says(gateway, LEAD_TO_EACH_OTHER)));
      for (const { connections } of gateways) assert.ok(connections.length <= SOCKETS_MAX, `${connections.length}`);
    },
    60_000,
  );
}

inBothEngines(
  'mutual lines that do not hear of each other stop growing, and the client is told that it timed out',
  async (world) => {
    // Long enough for a busy machine to fill a crowd.
    const gateways = await mutual(world, { connect_timeout_ms: 4000, deaf: true });
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
    await until('one has said so', () => gateways.some((gateway) => says(gateway, MAY_LEAD_BACK)));
    for (const gateway of gateways) await gateway.idle();
    // All that the one request came to: attempts that time out make no room for others.
    for (const { connections } of gateways) assert.ok(connections.length <= SOCKETS_MAX, `${connections.length}`);
  },
);

/** Circles in which the gateways cannot tell each other. */
const DUMB = {
  'mutual lines that do not hear of each other': { deaf: true },
  'mutual lines of SOCKS4 with a user id': { type: 'socks4', username: 'me' },
} as const;
for (const [what, circle] of Object.entries(DUMB)) {
  inBothEngines(
    `a race between ${what} stops growing, and ends when its client has gone`,
    async (world) => {
      const gateways = await mutual(world, { connect_timeout_ms: 600_000, ...circle });
      const idle = gateways.map((gateway) => gateway.sockets());
      const peer = world.use(await Peer.connect(gateways[0].port));
      peer.send(Buffer.concat([greeting(), request(NOBODY)]));
      await until('they have stopped growing', () => gateways.some((gateway) => says(gateway, MAY_LEAD_BACK)));
      const open = gateways.map((gateway, index) => gateway.sockets() - (idle[index] as number));
      for (const sockets of open) assert.ok(sockets <= SOCKETS_MAX, `${sockets} sockets`);
      peer.reset();
      for (const gateway of gateways) await gateway.idle();
    },
    60_000,
  );
}

inBothEngines('mutual lines carry what one of them reaches by another line', async (world) => {
  const server = world.use(await echoServer());
  const [first] = await mutual(world, { connect_timeout_ms: 20_000, more: [{ type: 'direct' }] });
  for (let turn = 0; turn < 3; turn += 1) {
    const { peer, reply } = await dial(first.port, server);
    world.use(peer);
    assert.equal(reply.rep, 0);
    peer.send('x');
    assert.equal((await peer.read(1)).toString(), 'x');
    peer.close();
  }
});
