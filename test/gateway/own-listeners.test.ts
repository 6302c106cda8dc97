// The gateway's own listeners: no client reaches them through the gateway, and no line leads to them.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { dial, greeting, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';

async function reply(world: World, { port: gateway }: Gateway, host: string, port: number): Promise<number> {
  const { peer, reply } = await dial(gateway, { host, port });
  world.use(peer);
  if (reply.rep !== 0) peer.end();
  return reply.rep;
}

/** Of a gateway that other machines could reach. */
const LOCAL = ['127.0.0.0/8'];
const hosts = { 'me.test': '127.0.0.1', 'mapped.test': '::ffff:127.0.0.1' };
/** Of a gateway that two tests share: without proxies, and small. */
const SMALL = { hosts, limits: { connections_max: 8 }, log_level: 'debug' };

inBothEngines('the gateway itself is no destination, whatever it is called', async (world) => {
  const gateway = await world.shared(SMALL);
  const forms = ['127.0.0.1', '::ffff:7f00:1', '::7f00:1', '64:ff9b::7f00:1', '0.0.0.0', '[::ffff:127.0.0.1]'];
  for (const host of [...forms, 'localhost', 'me.test', 'mapped.test']) {
    assert.equal(await reply(world, gateway, host, gateway.port), 2, host);
  }
  const { cause } = await gateway.connection({ host: 'me.test', port: gateway.port });
  assert.equal(cause, 'own-listener');
  // Another address of the machine and another port are not its own.
  assert.equal(await reply(world, gateway, '127.0.0.2', gateway.port), 5);
  assert.equal(await reply(world, gateway, '127.0.0.1', await freePort()), 5);
});

inBothEngines('a gateway on every address has all addresses of the machine for its own', async (world) => {
  const proxy = world.use(await TrickProxy.listen({ rep: 5 }));
  const own = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ scopeid }) => !scopeid));
  const wide = await world.gateway({ host: '::', allow_clients: LOCAL });
  const four = await world.gateway({
    ...{ host: '0.0.0.0', allow_clients: LOCAL, egress: { allow: ['loopback'] } },
    upstream: { type: 'multipath', list: [{ type: 'direct' }, proxy.line] },
  });
  for (const host of [...own.map(({ address }) => address), '127.8.9.10', '::ffff:7f01:203', 'localhost']) {
    assert.equal(await reply(world, wide, host, wide.port), 2, host);
    if (host.includes(':') && !host.startsWith('::ffff')) continue;
    assert.equal(await reply(world, four, host, four.port), 2, host);
  }
  assert.equal(proxy.count, 0);
  // It does not listen there.
  assert.equal(await reply(world, four, '::1', four.port), 5);
});

inBothEngines('requests nested in one connection take no second one', async (world) => {
  const gateway = await world.shared(SMALL);
  const before = gateway.sockets();
  const once = Buffer.concat([greeting(), request({ host: '127.0.0.1', port: gateway.port })]);
  const nested = world.use(await Peer.connect(gateway.port));
  nested.send(Buffer.concat(Array.from({ length: 260 }, () => once)));
  assert.deepEqual([...(await nested.read(4))], [5, 0, 5, 2]);
  assert.ok(gateway.sockets() <= before + 1);
  const server = world.use(await echoServer());
  assert.equal(await reply(world, gateway, '127.0.0.1', server.port), 0);
});

inBothEngines('a line whose proxy resolves to the gateway is not dialled, and another line is', async (world) => {
  const server = world.use(await echoServer());
  const port = await freePort();
  const hosts = { 'proxy.test': '127.0.0.1' };
  const self = { type: 'socks5', name: 'self', host: 'proxy.test', port };
  const upstream = { type: 'multipath', list: [self, { type: 'direct' }] };
  const rules = [{ domain: 'alone.test', use: ['self'] }];
  const gateway = await world.gateway({ port, hosts, upstream, rules, log_level: 'debug' });
  const alone = { host: 'alone.test', port: server.port };
  assert.equal(await reply(world, gateway, alone.host, alone.port), 1);
  assert.equal((await gateway.connection(alone)).cause, 'loop');
  await gateway.logged('the line leads to the gateway itself');
  assert.equal(await reply(world, gateway, '127.0.0.1', server.port), 0);
});
