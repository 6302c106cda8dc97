// Lines through proxies of every kind: what the proxy is asked, what the client gets, and what is learned of the line.
import assert from 'node:assert/strict';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { fronted, withCertificates } from '../helpers/https-line.js';
import { type Trick, TrickProxy } from '../helpers/proxies-trick.js';
import { BOUND, type SpokenKind } from '../helpers/proxy-speech.js';
import { bannerServer, PeerServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const KINDS = ['socks5', 'socks4', 'http'] as const;
const WAYS = [...KINDS, 'https'] as const;
const NOWHERE = { host: '0.0.0.0', port: 0 };

const proxyOf = async (world: World, kind: SpokenKind, trick: Trick = 'works'): Promise<TrickProxy> =>
  world.use(await TrickProxy.listen(trick, 0, kind));

interface Way {
  readonly proxy: TrickProxy;
  readonly line: object;
}

/** A proxy of each kind. The one of https is an HTTP proxy behind TLS. */
async function wayOf(world: World, kind: (typeof WAYS)[number], trick: Trick = 'works'): Promise<Way> {
  if (kind !== 'https') {
    const proxy = await proxyOf(world, kind, trick);
    return { proxy, line: proxy.line };
  }
  const way = await fronted(world);
  way.proxy.trick = trick;
  return way;
}

/** The code with which a proxy of each kind says that a destination could not be reached, and the cause behind it. */
const REFUSALS = {
  socks5: { rep: 5, cause: 'refused', detail: 'REP 5' },
  socks4: { rep: 91, cause: 'unexplained', detail: 'CD 91' },
  http: { rep: 502, cause: 'unexplained', detail: 'HTTP 502' },
  https: { rep: 502, cause: 'unexplained', detail: 'HTTP 502' },
} as const;

for (const kind of WAYS) {
  const inEngines = kind === 'https' ? withCertificates : inBothEngines;
  const saysBound = kind === 'socks5' || kind === 'socks4';

  inEngines(`${kind}: an address, a name, and a destination that speaks first`, async (world) => {
    const { proxy, line } = await wayOf(world, kind);
    const server = world.use(await bannerServer('220 hello'));
    const gateway = await world.gateway({ upstream: line });
    for (const host of ['127.0.0.1', 'far.example']) {
      const { peer, reply } = await dial(gateway.port, { host, port: server.port });
      world.use(peer);
      assert.deepEqual(reply, { rep: 0, ...(saysBound ? BOUND : NOWHERE) });
      assert.equal((await peer.read(9)).toString(), '220 hello');
      peer.send('echo');
      assert.equal((await peer.read(4)).toString(), 'echo');
    }
    assert.deepEqual(proxy.asked, ['127.0.0.1', 'far.example']);
  });

  inEngines(`${kind}: each failure of the proxy has its cause`, async (world) => {
    const { proxy, line } = await wayOf(world, kind);
    const gateway = await world.gateway({ upstream: line, log_level: 'debug', race: { connect_timeout_ms: 1000 } });
    const { rep, cause, detail } = REFUSALS[kind];
    const cases: readonly [Trick, string, string | undefined][] = [
      [{ rep }, cause, detail],
      ['hangs-up', 'unexplained', 'it hung up'],
      ['unwilling', 'proxy-authentication', undefined],
      ['http', 'proxy-protocol', undefined],
      ['silent', kind === 'socks5' ? 'proxy-unreachable' : 'timed-out', undefined],
    ];
    for (const [index, [trick, expected, told]] of cases.entries()) {
      proxy.trick = trick;
      const record = await failed(gateway, `d${index}.example`);
      assert.equal(record.cause, expected, String(trick));
      if (told !== undefined) assert.equal(record['detail'], told);
    }
  });

  inEngines(`${kind}: a proxy that refuses us is a line that is down, until it does not`, async (world) => {
    const { proxy, line } = await wayOf(world, kind, 'unwilling');
    const server = world.use(await bannerServer('220 hello'));
    const gateway = await world.gateway({ upstream: { ...line, name: 'office' } });
    for (let i = 0; i < 3; i += 1) {
      const { peer, reply } = await dial(gateway.port, server);
      peer.close();
      assert.equal(reply.rep, 1);
    }
    assert.equal((await gateway.logged('line "office" is down'))['cause'], 'proxy-authentication');
    proxy.trick = 'works';
    // The only line is used although it is down.
    const client = world.use(await through(gateway.port, server));
    assert.equal((await client.read(9)).toString(), '220 hello');
    await gateway.logged('line "office" works again');
  });

  inEngines(`${kind}: a probe finds out that it says "connected" too early`, async (world) => {
    const nowhere = world.use(await PeerServer.listen());
    const { proxy, line } = await wayOf(world, kind, { early: nowhere.port });
    const { proxy: honest, line: other } = await wayOf(world, kind);
    const race = { early_probe_interval_s: 1 };
    const gateway = await world.gateway({ upstream: [line, other], log_level: 'debug', race });
    await until('both lines were probed', () => proxy.asked.length > 0 && honest.asked.length > 0);
    assert.deepEqual([proxy.asked[0], honest.asked[0]], ['192.0.2.1', '192.0.2.1']);
    await until('the probes are over', () => proxy.open === 0 && honest.open === 0);
    const server = world.use(await bannerServer('220 hello'));
    const client = world.use(await through(gateway.port, server));
    assert.equal((await client.read(9)).toString(), '220 hello');
  });
}

/** The record of a connection through the gateway that fails. */
async function failed(gateway: Gateway, host: string) {
  const { peer, reply } = await dial(gateway.port, { host, port: 443 });
  peer.close();
  assert.notEqual(reply.rep, 0);
  return gateway.connection({ host, port: 443 });
}

inBothEngines('proxies of all kinds, each behind each other', async (world) => {
  const proxies = await Promise.all(KINDS.map((kind) => proxyOf(world, kind)));
  const [socks5, socks4, http] = proxies;
  const orders = [
    [socks5, http, socks4],
    [http, socks4, socks5],
    [socks4, socks5, http],
    [http, socks5, http],
  ];
  const servers = await Promise.all(orders.map(async () => world.use(await bannerServer('220 hello'))));
  // A line for each order, of which a rule leaves one to each destination.
  const upstream = orders.map((order, number) => ({
    ...order.reduce<object>((way, { line }) => ({ ...line, upstream: way }), { type: 'direct' }),
    name: `order ${number}`,
  }));
  const rules = servers.map(({ port }, number) => ({ port, use: [`order ${number}`] }));
  const gateway = await world.gateway({ upstream, rules });
  for (const { port } of servers) {
    const client = world.use(await through(gateway.port, { host: 'far.example', port }));
    assert.equal((await client.read(9)).toString(), '220 hello');
  }
});

inBothEngines('a socks4 line is not dialled for an IPv6 address, and that has a cause of its own', async (world) => {
  const [proxy, first] = [await proxyOf(world, 'socks4'), await proxyOf(world, 'socks5')];
  const behind = { ...proxy.line, upstream: first.line };
  const gateway = await world.gateway({ upstream: [proxy.line, behind], log_level: 'debug' });
  const target = { host: '2001:db8::1', port: 443 };
  const { peer, reply } = await dial(gateway.port, target);
  peer.close();
  assert.equal(reply.rep, 8);
  const { cause, attempts, detail } = await gateway.connection(target);
  assert.deepEqual([cause, attempts, detail], ['line-address-type', [], 'SOCKS4 has no IPv6 addresses']);
  assert.deepEqual([proxy.count, first.count], [0, 0]);
});

inBothEngines('beside a socks4 line, others carry an IPv6 address', async (world) => {
  const [old, other] = [await proxyOf(world, 'socks4'), await proxyOf(world, 'socks5')];
  const server = world.use(await bannerServer('220 hello'));
  const gateway = await world.gateway({ upstream: [old.line, other.line] });
  for (let turn = 0; turn < 2; turn += 1) {
    const client = world.use(await through(gateway.port, { host: '2001:db8::1', port: server.port }));
    assert.equal((await client.read(9)).toString(), '220 hello');
  }
  assert.equal(old.count, 0);
});

inBothEngines(
  'an http proxy that refuses our credentials is a line that is down, and no log has them',
  async (world) => {
    const proxy = await proxyOf(world, 'http', 'unwilling');
    const upstream = { ...proxy.line, name: 'office', username: 'me', password: 'not for the log' };
    const gateway = await world.gateway({ upstream, log_level: 'trace' });
    for (let i = 0; i < 4; i += 1) await failed(gateway, `d${i}.example`);
    const down = await gateway.logged('line "office" is down');
    assert.equal(down['cause'], 'proxy-authentication');
    assert.equal(down['detail'], 'HTTP 407');
    await gateway.stop();
    const basic = Buffer.from('me:not for the log').toString('base64');
    assert.doesNotMatch(gateway.output, new RegExp(`not for the log|${basic}`));
  },
);
