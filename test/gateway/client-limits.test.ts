// One client that opens all the connections it can leaves room for others, is named in the log, and has its share again when
// its connections have ended.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { readAnswer } from '../helpers/http-peer.js';
import { freePort } from '../helpers/proxies.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { ask, type Destination, greeting, readReply, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { REJECTED, request4 } from '../helpers/socks4-client.js';
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
  const early = await silent(world, gateway, 20, 20);
  // Served behind them: the actor has taken them all while many connections are free.
  await served(world, gateway, OTHER, server);
  await silent(world, gateway, 9, 9);
  // A quarter is free: with one more client it is less.
  world.use(await from(OTHER, gateway));
  await served(world, gateway, OTHER, server);
  const late = [world.use(await from(OTHER, gateway)), world.use(await from(OTHER, gateway))];
  const begun = performance.now();
  await Promise.all(late.map((peer) => peer.ended()));
  assert.ok(performance.now() - begun > 1000);
  assert.ok(early.every(({ ending }) => ending === 'open'));
});

inBothEngines('limits of a client that are set hold on this machine, too', async (world) => {
  const server = world.use(await echoServer());
  const limits = { client_connections_max: 5, client_handshakes_max: 3 };
  const gateway = await world.gateway({ limits, handshake_timeout_ms: 60_000 });
  const kept = await silent(world, gateway, 10, 3);
  const { msg } = await gateway.logged(TURNED_AWAY);
  assert.match(
    msg,
    /: as many of its connections as limits\.client_handshakes_max allows \(3\) have not said where they want to go$/,
  );
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
  assert.match(
    (await gateway.logged(TURNED_AWAY)).msg,
    /: it opens more connections a second than limits\.client_rate allows \(1\)$/,
  );
});

/** An HTTP request for a tunnel, with the answer. */
async function askHttp(
  peer: Peer,
  { host, port }: Destination,
): Promise<{ status: number; head: string; body: string }> {
  peer.send(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
  return readAnswer(peer);
}

inBothEngines(
  'a client over its limit is refused in its protocol, with the reason, and is not asked for a password',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway({ limits: { client_connections_max: 2 }, log_level: 'debug' });
    for (let i = 0; i < 2; i += 1) await served(world, gateway, GREEDY, server);

    const socks5 = world.use(await from(GREEDY, gateway));
    assert.equal((await ask(socks5, server)).reply.rep, 2);
    const pipelined = world.use(await from(GREEDY, gateway));
    pipelined.send(Buffer.concat([greeting(), request(server), Buffer.from('early')]));
    await pipelined.read(2);
    assert.equal((await readReply(pipelined)).rep, 2);
    const socks4 = world.use(await from(GREEDY, gateway));
    socks4.send(request4(server));
    assert.equal((await socks4.read(8))[1], REJECTED);
    const http = world.use(await from(GREEDY, gateway));
    const { status, head, body } = await askHttp(http, server);
    assert.equal(status, 429);
    assert.match(head, /\r\nRetry-After: \d+\r\n/);
    assert.match(head, /\r\nProxy-Status: tcproute; error=http_request_denied; details="/);
    assert.match(body, /over a limit \(it has as many connections as limits\.client_connections_max allows \(2\)\)/);
    for (const peer of [socks5, pipelined, socks4, http]) {
      peer.end();
      assert.equal(await peer.ended(), 'eof');
    }
    await served(world, gateway, OTHER, server);
    gateway.child.kill('SIGUSR2');
    const listener = await gateway.logged('report: listener');
    assert.deepEqual([listener['accepted'], listener['limited']], [3, 4]);
    const { failed, limited } = await gateway.logged('report: connections');
    assert.deepEqual([failed, limited], [4, 4]);
    const causes = () => gateway.connections.filter(({ cause }) => cause === 'client-limit').length;
    await until('their records say why', () => causes() === 4);
    assert.equal(gateway.records.filter(({ msg }) => msg.startsWith(TURNED_AWAY)).length, 1);
  },
);

inBothEngines('on a listener with users a client over its limit need not say who it is', async (world) => {
  const server = world.use(await echoServer());
  const users = { alice: { password: 'sekrit' } };
  const gateway = await world.gateway({ users, limits: { client_rate: 1 } });
  const first = [world.use(await from(GREEDY, gateway)), world.use(await from(GREEDY, gateway))];
  assert.deepEqual(await Promise.all(first.map(async (peer) => (await askHttp(peer, server)).status)), [407, 407]);
  for (const peer of first) peer.close();
  const over = world.use(await from(GREEDY, gateway));
  const { status } = await askHttp(over, server);
  assert.equal(status, 429);
  over.end();
});

inBothEngines('of a flood few are answered at a time, all others are closed at once', async (world) => {
  const server = world.use(await echoServer());
  const limits = { connections_max: 200, client_connections_max: 1 };
  const gateway = await world.gateway({ limits, handshake_timeout_ms: 60_000 });
  await served(world, gateway, GREEDY, server);
  const begun = performance.now();
  const flood: Peer[] = [];
  for (let i = 0; i < 300; i += 1) flood.push(world.use(await from(GREEDY, gateway)));
  const open = () => flood.filter(({ ending }) => ending === 'open').length;
  // An eighth of those that are free.
  await until('most are closed', () => open() <= 24);
  assert.ok(open() <= 24);
  await served(world, gateway, OTHER, server);
  await until('the others are closed', () => open() === 0);
  // They say nothing, and have a second for that.
  assert.ok(performance.now() - begun > 900);
});

const PROXIES = ['127.0.0.4'];
const CLIENTS = ['198.51.100.0/24', '127.0.0.0/8'];

inBothEngines('behind a proxy each client has its own limits, and the proxy none of theirs', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({
    ...{ port: undefined, egress: { allow: ['loopback'] }, limits: { client_connections_max: 2 } },
    listen: [{ host: '127.0.0.1', port: 0, allow_clients: CLIENTS, proxy_protocol: { from: PROXIES } }],
  });
  const { port } = gateway;
  const behind = async (client: string): Promise<Peer> => {
    const peer = world.use(await Peer.connect(port, '127.0.0.1', PROXIES[0]));
    peer.send(`PROXY TCP4 ${client} 192.0.2.1 5678 1080\r\n`);
    return peer;
  };
  const rep = async (peer: Peer): Promise<number> => (await ask(peer, server)).reply.rep;
  const two = [await behind('198.51.100.1'), await behind('198.51.100.1')];
  for (const peer of two) assert.equal(await rep(peer), 0);
  assert.equal(await rep(await behind('198.51.100.1')), 2);
  assert.equal((await askHttp(await behind('198.51.100.1'), server)).status, 429);
  for (let other = 2; other < 12; other += 1) assert.equal(await rep(await behind(`198.51.100.${other}`)), 0);
  // A client that comes without the proxy, too, counts as one.
  const direct = world.use(await Peer.connect(port, '127.0.0.1', GREEDY));
  assert.equal(await rep(direct), 0);
  assert.equal(await rep(await behind(GREEDY)), 0);
  assert.equal(await rep(await behind(GREEDY)), 2);
  const stranger = await behind('203.0.113.1');
  stranger.send(greeting());
  assert.match(await stranger.ended(), /^(?:eof|ECONNRESET|EPIPE)$/);
  await gateway.logged('is a proxy whose client is not in allow_clients');
  const told = gateway.records.filter(({ msg }) => msg.startsWith(TURNED_AWAY));
  assert.deepEqual(
    told.map(({ client, listener }) => [client, listener]),
    [
      ['198.51.100.1', `127.0.0.1:${port}`],
      [GREEDY, `127.0.0.1:${port}`],
    ],
  );
  gateway.child.kill('SIGUSR2');
  const { limitedTold, limited } = await gateway.logged('report: connections');
  assert.deepEqual([limitedTold, limited], [3, 3]);
  two[0]?.end();
  await two[0]?.ended();
  const again = async (): Promise<boolean> => (await rep(await behind('198.51.100.1'))) === 0;
  for (let tries = 0; !(await again()); tries += 1) assert.ok(tries < 100, 'it may come again');
});

inBothEngines('a proxy that tells nothing leaves room for those that do', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({
    ...{ port: undefined, egress: { allow: ['loopback'] }, limits: { connections_max: 100 } },
    handshake_timeout_ms: 60_000,
    listen: [
      { host: '127.0.0.1', port: 0, allow_clients: CLIENTS, proxy_protocol: { from: [...PROXIES, '127.0.0.5'] } },
    ],
  });
  const { port } = gateway;
  const silent: Peer[] = [];
  for (let i = 0; i < 100; i += 1) silent.push(world.use(await Peer.connect(port, '127.0.0.1', PROXIES[0])));
  await until('a fifth is left', () => silent.filter(({ ending }) => ending === 'open').length === 80);
  const proxy = world.use(await Peer.connect(port, '127.0.0.1', '127.0.0.5'));
  proxy.send('PROXY TCP4 198.51.100.1 192.0.2.1 5678 1080\r\n');
  assert.equal((await ask(proxy, server)).reply.rep, 0);
});

inBothEngines('a reload limits clients that were not limited; those that came before do not count', async (world) => {
  const server = world.use(await echoServer());
  const [own, open] = [await freePort(), await freePort()];
  const listen = (...more: object[]) => ({ port: undefined, listen: [{ port: own }, ...more] });
  const gateway = await ReloadedGateway.start(world, listen());
  for (let i = 0; i < 3; i += 1) world.use(await Peer.connect(own, '127.0.0.1', GREEDY));
  const outside = { port: open, host: '0.0.0.0', allow_clients: ['127.0.0.0/8'] };
  const limits = { client_connections_max: 2 };
  await gateway.reload({ ...listen(outside), limits, egress: { allow: ['loopback'] } });
  for (const port of [own, open]) assert.equal((await reply(world, port, GREEDY, server)).rep, 0);
  // Two that count are live: the third is refused, at either listener.
  assert.equal((await reply(world, open, GREEDY, server)).rep, 2);
  assert.equal((await reply(world, own, OTHER, server)).rep, 0);
  await gateway.reload({ ...listen(outside), egress: { allow: ['loopback'] } });
  assert.equal((await reply(world, open, GREEDY, server)).rep, 0);
  await gateway.reload(listen());
});

async function reply(world: World, port: number, from: string, server: Destination) {
  return (await ask(world.use(await Peer.connect(port, '127.0.0.1', from)), server)).reply;
}
