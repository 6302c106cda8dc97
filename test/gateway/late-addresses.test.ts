// Addresses that come after a race has begun join it: those of a slower family, and fresher ones than it began with.
import assert from 'node:assert/strict';
import { setTimeout as pass } from 'node:timers/promises';
import { DnsServer, deferred } from '../helpers/dns-server.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, TestServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';

/** Later than a refused dial, and than what the slower family is waited for. */
const LATE_MS = 400;

const dnsAt = ({ port }: DnsServer, more: object = {}) => ({
  nameservers: `127.0.0.1:${port}`,
  dns: { ipv6: 'on', ...more },
});

for (const [late, first] of [
  ['A', 'AAAA'],
  ['AAAA', 'A'],
] as const) {
  inBothEngines(`${first} has a dead address at once, ${late} a good one later: it connects`, async (world) => {
    const server = world.use(await echoServer(late === 'A' ? '127.0.0.1' : '::1'));
    const dns = world.use(await DnsServer.start({ 'two.test': { A: ['127.0.0.1'], AAAA: ['::1'] } }));
    dns.trick = ({ type }) => (type === late ? { hold: pass(LATE_MS) } : undefined);
    // No repeat within the time: each question is one query.
    const { port } = await world.gateway({ ...dnsAt(dns, { udp_retry_ms: 5000 }), workers: 1 });
    const two = { host: 'two.test', port: server.port };
    // The second begins with what is known by half.
    const clients = await Promise.all([through(port, two), pass(LATE_MS / 2).then(() => through(port, two))]);
    for (const client of clients) world.use(client);
    assert.equal(dns.count(), 2);
  });
}

inBothEngines('a proxy whose name has a dead address at once and a good one later is reached', async (world) => {
  const server = world.use(await echoServer());
  const proxy = world.use(await TrickProxy.listen('works'));
  const dns = world.use(await DnsServer.start({ 'proxy.test': { A: ['127.0.0.1'], AAAA: ['::1'] } }));
  dns.trick = ({ type }) => (type === 'A' ? { hold: pass(LATE_MS) } : undefined);
  const { port } = await world.gateway({ ...dnsAt(dns), upstream: { ...proxy.line, host: 'proxy.test' } });
  world.use(await through(port, server));
});

inBothEngines('a fresh address joins a race that began with a stale one', async (world) => {
  const zones: Record<string, { A: string[]; ttl_s: number }> = { 'moves.test': { A: ['127.0.0.2'], ttl_s: 1 } };
  const before = await echoServer('127.0.0.2');
  const { port: there } = before;
  const dns = world.use(await DnsServer.start(zones, { negative_ttl_s: 1 }));
  const gateway = await world.gateway({ ...dnsAt(dns, { prefetch_percent: 0, stale_wait_ms: 20 }), workers: 1 });
  const moves = { host: 'moves.test', port: there };
  (await through(gateway.port, moves)).close();
  await before.close();
  world.use(await TestServer.listen((socket) => socket.pipe(socket), '127.0.0.3', there));
  zones['moves.test'] = { A: ['127.0.0.3'], ttl_s: 1 };
  // What is kept of the name is stale by then.
  await pass(1100);
  dns.trick = () => ({ hold: pass(LATE_MS) });
  world.use(await through(gateway.port, moves));
});

inBothEngines('when every lookup is over and nothing works, the client is told', async (world) => {
  const free = await echoServer();
  await free.close();
  const dns = world.use(await DnsServer.start({ 'two.test': { A: ['127.0.0.1'], AAAA: ['::1'] } }));
  const { promise, resolve } = deferred();
  dns.trick = ({ type }) => (type === 'AAAA' ? { hold: promise } : undefined);
  const { port } = await world.gateway({ ...dnsAt(dns, { timeout_ms: 400, try_timeout_ms: 400 }) });
  const begun = performance.now();
  const { peer, reply } = await dial(port, { host: 'two.test', port: free.port });
  peer.close();
  resolve();
  assert.equal(reply.rep, 5);
  const took = performance.now() - begun;
  assert.ok(took < 2500, `told after ${took} ms`);
});
