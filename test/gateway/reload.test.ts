// A reload as an operator and its clients see it: what changes is in force for later connections, live ones go on as they
// began, and a configuration that is wrong changes nothing.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { DnsServer, type Query } from '../helpers/dns-server.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { type Trick, TrickProxy } from '../helpers/proxies-trick.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';

async function proxy(world: World, trick: Trick = 'works'): Promise<TrickProxy> {
  return world.use(await TrickProxy.listen(trick));
}

const over = (...proxies: readonly (readonly [string, TrickProxy])[]) => ({
  upstream: { type: 'multipath', list: proxies.map(([name, { line }]) => ({ ...line, name })) },
});

/** Whether a new connection to the server comes through, and gives its answer. */
async function rep(world: World, port: number, server: { readonly host: string; readonly port: number }) {
  const { peer, reply } = await dial(port, server);
  world.use(peer);
  peer.end();
  return reply.rep;
}

async function echoes(peer: Peer, text: string): Promise<void> {
  peer.send(text);
  assert.equal((await peer.read(text.length)).toString(), text);
}

inBothEngines('lines are added, removed and changed; a live connection stays on a line that is gone', async (world) => {
  const server = world.use(await echoServer());
  const [one, other] = [await proxy(world), await proxy(world)];
  const gateway = await ReloadedGateway.start(world, over(['one', one]));
  const client = world.use(await through(gateway.port, server));
  await echoes(client, 'before');

  const told = await gateway.reload(over(['other', other]));
  assert.equal(told.level, 'info');
  assert.deepEqual(told['changed'], ['line "other": added', 'line "one": removed']);
  await echoes(client, 'after');
  for (let turn = 0; turn < 4; turn += 1) assert.equal(await rep(world, gateway.port, server), 0);
  assert.deepEqual([one.count, other.count], [1, 4]);

  // The line that comes back is a new one, of which nothing is remembered, not even that it failed before.
  await gateway.reload(over(['one', one], ['other', other]));
  assert.equal(await rep(world, gateway.port, server), 0);
  await echoes(client, 'still');
  client.end();
  assert.equal(await client.ended(), 'eof');
});

inBothEngines(
  'what is remembered of a line that stays is kept, and of one that is gone it does no harm',
  async (world) => {
    const server = world.use(await echoServer());
    const fast = await proxy(world);
    const slow = await proxy(world, { after: () => new Promise((resolve) => setTimeout(resolve, 300)) });
    const gateway = await ReloadedGateway.start(world, over(['slow', slow], ['fast', fast]));
    assert.equal(await rep(world, gateway.port, server), 0);
    await until('the slow one was given up', () => slow.count === 1 && fast.count === 1);

    const third = await proxy(world);
    await gateway.reload(over(['third', third], ['fast', fast], ['slow', slow]));
    for (let turn = 0; turn < 4; turn += 1) assert.equal(await rep(world, gateway.port, server), 0);
    // Two actors: one of them had learned by itself, the other by the route actor.
    assert.deepEqual([slow.count, fast.count, third.count], [1, 5, 0]);

    // The remembered line goes.
    await gateway.reload(over(['third', third]));
    assert.equal(await rep(world, gateway.port, server), 0);
    assert.deepEqual([slow.count, fast.count, third.count], [1, 5, 1]);
  },
);

inBothEngines('a wrong configuration changes nothing, and all that is wrong is told', async (world) => {
  const server = world.use(await echoServer());
  const line = await proxy(world);
  const gateway = await ReloadedGateway.start(world, over(['only', line]));
  const wrong = {
    ...over(['new', line]),
    workers: -1,
    race: { stagger_ms: 'soon' },
    rules: [{ domain: 'a.test', use: ['x'] }],
  };
  const told = await gateway.reload(wrong);
  assert.equal(told.level, 'error');
  assert.match(told.msg, /nothing has changed/);
  const problems = told['problems'] as string[];
  assert.deepEqual(
    ['workers', 'race.stagger_ms', 'rules[0]'].map((key) => problems.some((problem) => problem.includes(key))),
    [true, true, true],
  );
  assert.match(
    ((await gateway.reload('{"port": 0,')) as { problems?: string[] }).problems?.join() ?? '',
    /config\.json/,
  );
  assert.equal(await rep(world, gateway.port, server), 0);
  assert.equal(line.count, 1);
  // Numbers that wrong configurations gave to lines are not in use.
  assert.deepEqual((await gateway.reload(over(['new', line])))['changed'], [
    'line "new": added',
    'line "only": removed',
  ]);
  assert.equal(await rep(world, gateway.port, server), 0);
});

inBothEngines('rules come, change and go', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await ReloadedGateway.start(world, {});
  const blocked = { rules: [{ port: server.port, block: true }] };
  for (const [config, expected] of [
    [{}, 0],
    [blocked, 2],
    [{ rules: [{ port: 1, block: true }] }, 0],
    [blocked, 2],
    [{}, 0],
  ] as const) {
    await gateway.reload(config);
    for (let turn = 0; turn < 2; turn += 1) assert.equal(await rep(world, gateway.port, server), expected);
  }
});

inBothEngines('users come, change and go, and their lines follow the lines', async (world) => {
  const server = world.use(await echoServer());
  const [one, other] = [await proxy(world), await proxy(world)];
  const alice = { name: 'alice', password: 'open sesame' };
  const lines = over(['one', one], ['other', other]);
  const gateway = await ReloadedGateway.start(world, lines);
  const came = async (who = alice) => {
    const answered = await dialAs(gateway.port, who, server);
    world.use(answered.peer).end();
    return answered.came;
  };
  const live = world.use(await through(gateway.port, server));

  const first = await gateway.reload({ ...lines, users: { alice: { password: alice.password, lines: ['other'] } } });
  assert.deepEqual(first['changed'], ['listener "127.0.0.1:0": changed', 'user "alice": added']);
  const { count } = one;
  for (let turn = 0; turn < 4; turn += 1) assert.equal(await came(), 0);
  assert.equal(one.count, count);
  assert.equal(await came({ ...alice, password: 'wrong' }), 'refused');
  // A client that names nobody is refused, but who came before stays.
  const nobody = world.use(await Peer.connect(gateway.port));
  nobody.send(Buffer.from([5, 1, 0]));
  assert.deepEqual([...(await nobody.read(2))], [5, 0xff]);
  await echoes(live, 'live');

  // Its lines are told by name: the order of the lines, and so their places, may change.
  const turned = over(['other', other], ['one', one]);
  const second = await gateway.reload({ ...turned, users: { alice: { password: 'changed', lines: ['other'] } } });
  assert.deepEqual(second['changed'], ['the order of the lines', 'user "alice": changed']);
  assert.equal(await came(), 'refused');
  assert.equal(await came({ ...alice, password: 'changed' }), 0);
  assert.equal(one.count, count);

  await gateway.reload(lines);
  assert.equal(await rep(world, gateway.port, server), 0);
  live.end();
});

inBothEngines(
  'egress, limits, time-outs and the level of the log change; what cannot is named and stays',
  async (world) => {
    const server = world.use(await echoServer());
    const before = { limits: { client_connections_max: 100 }, log_level: 'debug', engine: world.engine };
    // An empty variable counts as none.
    const gateway = await ReloadedGateway.start(world, before, { environment: { TCPROUTE_ENGINE: '' } });
    assert.equal(await rep(world, gateway.port, server), 0);
    await until('it is logged', () => gateway.gateway.connections.length === 1);

    const changed = {
      limits: { client_connections_max: 1 },
      ...{ handshake_timeout_ms: 200, log_level: 'info', engine: 'auto' },
      egress: { deny: ['192.0.2.0/24'] },
    };
    const told = await gateway.reload(changed);
    assert.equal(told.level, 'warn');
    assert.deepEqual((told['changed'] as string[]).sort(), [
      ...['egress.deny', 'handshake_timeout_ms', 'limits.client_connections_max', 'log_level'],
    ]);
    assert.deepEqual(told['needs_restart'], ['engine']);
    assert.equal(await rep(world, gateway.port, { host: '192.0.2.1', port: 80 }), 2);
    // The handshake of this one is over in 200 ms instead of 10 s, and it is the only one that its client may have.
    const silent = world.use(await Peer.connect(gateway.port));
    const second = world.use(await Peer.connect(gateway.port));
    second.send(Buffer.from([5, 1, 0]));
    assert.notEqual(await second.ended(), undefined);
    assert.notEqual(await silent.ended(), undefined);
    assert.equal(gateway.gateway.connections.length, 1);
  },
);

inBothEngines('hosts, name servers and the blacklist change, and no lookup is lost', async (world) => {
  const server = world.use(await echoServer());
  const { port } = server;
  const here = { A: ['127.0.0.1'] };
  const isLate = ({ name }: { readonly name: string }): boolean => name.toLowerCase() === 'late.test';
  const dropLate = (query: Query) => (isLate(query) ? 'drop' : undefined);
  const [one, other] = [
    world.use(await DnsServer.start({ 'a.test': here, 'gone.test': here }, { trick: dropLate })),
    world.use(await DnsServer.start({ 'b.test': here, 'late.test': here })),
  ];
  const asking = ({ port: dns }: DnsServer, more: object = {}) => ({
    ...{ nameservers: `127.0.0.1:${dns}`, hosts: {}, dns: { ipv6: 'off', timeout_ms: 8000, try_timeout_ms: 5000 } },
    ...more,
  });
  const gateway = await ReloadedGateway.start(world, asking(one, { hosts: { 'h.test': '127.0.0.1' } }));
  for (const host of ['a.test', 'h.test', 'gone.test']) assert.equal(await rep(world, gateway.port, { host, port }), 0);
  // The server that it is asked of says nothing; the one of the reload does.
  const late = rep(world, gateway.port, { host: 'late.test', port });
  await until('it is asked for', () => one.queries.some(isLate));
  const told = await gateway.reload(asking(other, { IpBlacklist: ['127.0.0.3'] }));
  assert.deepEqual((told['changed'] as string[]).sort(), ['IpBlacklist', 'hosts', 'nameservers']);
  assert.equal(await late, 0);
  assert.equal(await rep(world, gateway.port, { host: 'b.test', port }), 0);
  // What the earlier servers and hosts said does not hold any more. Of another port no route is remembered.
  const { port: elsewhere } = world.use(await echoServer());
  for (const host of ['gone.test', 'h.test']) {
    assert.equal(await rep(world, gateway.port, { host, port: elsewhere }), 4, host);
  }
  assert.equal(await rep(world, gateway.port, { host: '127.0.0.3', port }), 2);
  await gateway.reload(asking(one));
  assert.equal(await rep(world, gateway.port, { host: '127.0.0.3', port: await freePort() }), 5);
  assert.equal(await rep(world, gateway.port, { host: 'gone.test', port }), 0);
});

inBothEngines('a DNS actor that another one has replaced leaves no thread and no descriptor', async (world) => {
  const gateway = await ReloadedGateway.start(world, {});
  const { child } = gateway.gateway;
  const threads = () => readdirSync(`/proc/${child.pid}/task`).length;
  const around = async (from: number, times: number) => {
    for (let turn = from; turn < from + times; turn += 1) {
      const told = await gateway.reload({ hosts: { 'h.test': `192.0.2.${turn}` } });
      assert.deepEqual(told['changed'], ['hosts']);
    }
  };
  await around(1, 2);
  const [threadsBefore, fdsBefore] = [threads(), gateway.gateway.fds().length];
  await around(3, 6);
  await until('the threads have ended', () => threads() <= threadsBefore + 1);
  await until('the descriptors are closed', () => gateway.gateway.fds().length <= fdsBefore + 1);
});

inBothEngines(
  'a hundred reloads leave nothing behind, and all that come at once are one or two',
  async (world) => {
    const server = world.use(await echoServer());
    const [one, other] = [await proxy(world), await proxy(world)];
    const configs = [
      { ...over(['one', one]), users: { alice: { password: 'a' } }, rules: [{ port: 1, block: true }] },
      { ...over(['one', one], ['other', other]), race: { stagger_ms: 20 } },
    ];
    const gateway = await ReloadedGateway.start(world, configs[1]);
    const around = async (times: number) => {
      for (let turn = 0; turn < times; turn += 1) await gateway.reload(configs[turn % 2]);
    };
    await around(10);
    const { child } = gateway.gateway;
    const before = { fds: gateway.gateway.fds().length, maps: gateway.gateway.mapsBesideHeaps() };
    await around(90);
    assert.equal(gateway.gateway.fds().length, before.fds);
    // Memory of compiled code comes and goes.
    const maps = gateway.gateway.mapsBesideHeaps();
    assert.ok(maps < before.maps + 50, `${before.maps} → ${maps}`);
    assert.equal(await rep(world, gateway.port, server), 0);
    const told = () => gateway.gateway.records.filter(({ msg }) => msg.startsWith('reload: ')).length;
    const count = told();
    for (let turn = 0; turn < 50; turn += 1) child.kill('SIGHUP');
    await until('the last of them is told', () => told() > count);
    assert.equal(await rep(world, gateway.port, server), 0);
  },
  120_000,
);
