// What a client is told when its connection cannot be made: the REP byte of RFC 1928 section 6, by cause.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import * as libc from '../../src/linux/libc.js';
import { DnsServer, deferred } from '../helpers/dns-server.js';
import type { EngineName } from '../helpers/gateway.js';
import { untilRead } from '../helpers/gateway-sockets.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { keptProxies } from '../helpers/kept-proxies.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer } from '../helpers/servers.js';
import { type Destination, dial, greeting, NO_AUTHENTICATION, readReply, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { blackHole } from '../linux/peers.js';

/** What direct lines must not dial. */
const LISTED = '127.0.0.9';
/** A destination that is left to lines of the other family. */
const WRONG_FAMILY = '::1';

const servers = new Map<EngineName, Promise<DnsServer>>();
const proxies = keptProxies(1);
after(async () => {
  for (const server of servers.values()) await (await server).close();
});

/** A gateway without proxies whose waits are short, and the server that it asks for names. */
async function impatient(world: World) {
  const starting = servers.get(world.engine) ?? DnsServer.start({}, { negative_ttl_s: 60 });
  servers.set(world.engine, starting);
  const dns = await starting;
  const names = { nameservers: `127.0.0.1:${dns.port}`, dns: { timeout_ms: 300 } };
  const race = { connect_timeout_ms: 300 };
  return { dns, gateway: await world.shared({ ...names, race, log_level: 'debug' }) };
}

/** The reply to a request, then nothing more, then the end of stream. */
async function refusal(world: World, gatewayPort: number, destination: Destination): Promise<number> {
  const { peer, reply } = await dial(gatewayPort, destination);
  world.use(peer);
  assert.deepEqual([reply.host, reply.port], ['0.0.0.0', 0]);
  peer.end();
  assert.equal((await peer.rest()).length, 0);
  assert.equal(peer.ending, 'eof');
  return reply.rep;
}

inBothEngines('BIND gets REP 07, an unknown address type REP 08', async (world) => {
  const { port } = await world.shared();
  const there = { host: '127.0.0.1', port: 9 };
  const unknown = Buffer.from(request(there));
  unknown[3] = 9;
  for (const [bytes, rep] of [
    [request(there, 2), 7],
    [unknown, 8],
  ] as const) {
    const peer = world.use(await Peer.connect(port));
    peer.send(Buffer.concat([greeting(), bytes]));
    assert.deepEqual(await peer.read(2), NO_AUTHENTICATION);
    assert.equal((await readReply(peer)).rep, rep);
    assert.equal(await peer.ended(), 'eof');
  }
});

inBothEngines('a closed port gets REP 05', async (world) => {
  const { port } = await world.shared();
  assert.equal(await refusal(world, port, { host: '127.0.0.1', port: await freePort() }), 5);
  assert.equal(await refusal(world, port, { host: '::1', port: await freePort() }), 5);
});

inBothEngines('a name that does not exist gets REP 04, and so does one that nobody can resolve', async (world) => {
  const { dns, gateway } = await impatient(world);
  const { port } = gateway;
  assert.equal(await refusal(world, port, { host: 'nowhere.invalid', port: 80 }), 4);
  dns.trick = () => 'servfail';
  assert.equal(await refusal(world, port, { host: 'broken.invalid', port: 80 }), 4);
  dns.trick = () => 'drop';
  assert.equal(await refusal(world, port, { host: 'silent.invalid', port: 80 }), 4);
  dns.trick = () => 'garbage';
  assert.equal(await refusal(world, port, { host: 'garbage.invalid', port: 80 }), 4);
  assert.equal(await refusal(world, port, { host: 'not a name', port: 80 }), 4);
});

inBothEngines('a lookup that dns.lookups_max turns away gets REP 01, and is said to be that', async (world) => {
  const { promise, resolve } = deferred();
  const dns = world.use(await DnsServer.start({}, { negative_ttl_s: 60, trick: () => ({ hold: promise }) }));
  const gateway = await world.gateway({
    ...{ nameservers: `127.0.0.1:${dns.port}`, dns: { lookups_max: 1 }, workers: 1, log_level: 'debug' },
  });
  const held = refusal(world, gateway.port, { host: 'held.invalid', port: 80 });
  await until('it is asked for', () => dns.count() > 0);
  assert.equal(await refusal(world, gateway.port, { host: 'other.invalid', port: 80 }), 1);
  assert.equal((await gateway.connection({ host: 'other.invalid', port: 80 })).cause, 'too-many-lookups');
  const { level, cause, client } = await gateway.logged('dns.lookups_max');
  assert.match(String(client), /^127\.0\.0\.1:\d+$/);
  assert.deepEqual([level, cause], ['warn', 'too-many-lookups']);
  resolve();
  assert.equal(await held, 4);
});

inBothEngines('a destination that never answers gets REP 04 at race.connect_timeout_ms', async (world) => {
  const hole = blackHole();
  world.use({ close: () => hole.fds.map((fd) => libc.close(fd)) });
  const { gateway } = await impatient(world);
  const destination = { host: '127.0.0.1', port: hole.port };
  const begun = performance.now();
  assert.equal(await refusal(world, gateway.port, destination), 4);
  const took = performance.now() - begun;
  assert.ok(took > 250 && took < 2500, `told after ${took} ms`);
  assert.equal((await gateway.connection(destination)).cause, 'timed-out');
});

/** A gateway with a proxy beside its direct lines. */
async function withProxy(world: World) {
  const [proxy] = await proxies(world.engine);
  const fourOnly = { type: 'direct', source_ip: '127.0.0.1', name: 'four only' };
  const gateway = await world.shared({
    IpBlacklist: [LISTED],
    upstream: { type: 'multipath', list: [{ type: 'direct', name: 'direct' }, proxy.line, fourOnly] },
    rules: [{ cidr: WRONG_FAMILY, use: ['four only'] }],
  });
  return { gateway, proxy };
}

inBothEngines('a destination that no line can reach by its family gets REP 03', async (world) => {
  const { gateway } = await withProxy(world);
  assert.equal(await refusal(world, gateway.port, { host: WRONG_FAMILY, port: 9 }), 3);
});

inBothEngines(
  'an address of IpBlacklist gets REP 02 from direct lines, and is reached through a proxy',
  async (world) => {
    const server = world.use(await echoServer(LISTED));
    const dns = world.use(await DnsServer.start({ 'listed.test': { A: [LISTED] } }));
    const alone = await world.gateway({ IpBlacklist: [LISTED], nameservers: `127.0.0.1:${dns.port}` });
    assert.equal(await refusal(world, alone.port, server), 2);
    assert.equal(await refusal(world, alone.port, { host: '::ffff:7f00:9', port: server.port }), 2);
    // Nothing that the servers say of this name may be used: there is no answer for it.
    assert.equal(await refusal(world, alone.port, { host: 'listed.test', port: server.port }), 4);
    const { gateway, proxy } = await withProxy(world);
    const { peer, reply } = await dial(gateway.port, server);
    world.use(peer);
    assert.equal(reply.rep, 0);
    assert.equal(proxy.count, 1);
  },
);

inBothEngines('an error reply reaches a client with 64 KiB pipelined behind its request', async (world) => {
  const { port } = await world.shared();
  const closed = await freePort();
  for (const bytes of [request({ host: '127.0.0.1', port: closed }), request({ host: '127.0.0.1', port: closed }, 2)]) {
    const peer = world.use(await Peer.connect(port));
    peer.send(Buffer.concat([greeting(), bytes, Buffer.alloc(65_536, 1)]));
    await untilRead(port, peer.socket.localPort as number);
    assert.deepEqual(await peer.read(2), NO_AUTHENTICATION);
    assert.equal((await readReply(peer)).rep, bytes[1] === 2 ? 7 : 5);
    peer.end();
    assert.equal(await peer.ended(), 'eof');
  }
});
