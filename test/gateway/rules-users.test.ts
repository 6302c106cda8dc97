// Rules for users and their tags, with clients that show who they are by a SOCKS5 password and by HTTP Basic.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SocksClient } from 'socks';
import { deferred } from '../helpers/dns-server.js';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { lines, readHead } from '../helpers/http-peer.js';
import { keptProxies, namesOf } from '../helpers/kept-proxies.js';
import { missing } from '../helpers/proxies.js';
import type { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, httpServer } from '../helpers/servers.js';
import type { Destination } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';

const proxies = keptProxies(2);
const run = promisify(execFile);

const PASSWORDS = { alice: 'sekrit', bob: 'hunter2' } as const;
type Name = keyof typeof PASSWORDS;
const USERS = Object.fromEntries(Object.entries(PASSWORDS).map(([name, password]) => [name, { password }]));

/** `bob` or `bob+red`. */
const passwordOf = (who: string): string => PASSWORDS[who.replace(/\+.*/, '') as Name];

/** A way to ask the gateway as a user; whether the destination was reached. */
type Asking = (world: World, gateway: Gateway, who: string, destination: Destination) => Promise<boolean>;

const bySocks: Asking = async (world, { port }, who, destination) => {
  const { peer, came } = await dialAs(port, { name: who, password: passwordOf(who) }, destination);
  world.use(peer).end();
  await peer.ended();
  return came === 0;
};

const byPackage: Asking = async (_world, { port }, who, destination) => {
  const proxy = { host: '127.0.0.1', port, type: 5, userId: who, password: passwordOf(who) } as const;
  const asked = SocksClient.createConnection({ command: 'connect', proxy, destination, timeout: 10_000 });
  return asked.then(
    ({ socket }) => {
      socket.destroy();
      return true;
    },
    (error: Error) => {
      assert.match(error.message, /NotAllowed/);
      return false;
    },
  );
};

const byBasic: Asking = async (world, { port }, who, { host, port: at }) => {
  const basic = Buffer.from(`${who}:${passwordOf(who)}`).toString('base64');
  const peer = world.use(await Peer.connect(port));
  peer.send(lines(`CONNECT ${host}:${at} HTTP/1.1`, `Host: ${host}`, `Proxy-Authorization: Basic ${basic}`));
  const head = await readHead(peer);
  peer.end();
  await peer.rest();
  return head.startsWith('HTTP/1.1 200 ');
};

const WAYS: Readonly<Record<string, Asking>> = {
  'a SOCKS5 password': bySocks,
  'a password of the package socks': byPackage,
  'HTTP Basic': byBasic,
};

async function start(world: World, rulesFor: (first: string, second: string) => readonly object[]) {
  const [a, b] = await proxies(world.engine);
  for (const proxy of [a, b]) proxy.trick = 'works';
  const [first, second] = namesOf([a, b]);
  const upstream = { type: 'multipath', list: [a.line, b.line] };
  const rules = rulesFor(first as string, second as string);
  const gateway = await world.gateway({ users: USERS, upstream, rules, workers: 1, log_level: 'debug' });
  return { gateway, proxies: [a, b] as const };
}

/** How many connections each proxy has got meanwhile. */
async function counted(all: readonly TrickProxy[], body: () => Promise<void>): Promise<number[]> {
  const before = all.map(({ count }) => count);
  await body();
  return all.map(({ count }, index) => count - (before[index] as number));
}

for (const [way, reaches] of Object.entries(WAYS)) {
  inBothEngines(`a rule for a user and one for a tag hold for those alone, by ${way}`, async (world) => {
    const server = world.use(await echoServer());
    const { gateway, proxies: both } = await start(world, (first, second) => [
      { user: 'alice', port: server.port, block: true },
      { user: 'bob', tag: 'red', use: [first] },
      { use: [second] },
    ]);
    const destination = { host: 'a.test', port: server.port };
    assert.equal(await reaches(world, gateway, 'alice', destination), false);
    assert.equal(await reaches(world, gateway, 'alice+red', destination), false);
    const ofRed = await counted(both, async () => assert.ok(await reaches(world, gateway, 'bob+red', destination)));
    const ofBob = await counted(both, async () => assert.ok(await reaches(world, gateway, 'bob', destination)));
    const ofBlue = await counted(both, async () => assert.ok(await reaches(world, gateway, 'bob+blue', destination)));
    assert.deepEqual(
      [ofRed, ofBob, ofBlue],
      [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
    );
    await until('all are logged', () => gateway.connections.length === 5);
    assert.deepEqual(
      gateway.connections.map(({ user, tag, cause }) => [user, tag, cause]),
      [
        ['alice', undefined, 'blocked'],
        ['alice', 'red', 'blocked'],
        ['bob', 'red', undefined],
        ['bob', undefined, undefined],
        ['bob', 'blue', undefined],
      ],
    );
  });
}

inBothEngines('each tag of a user keeps to the line that worked for it, until that fails', async (world) => {
  const server = world.use(await echoServer());
  const { gateway, proxies: both } = await start(world, () => [{ user: 'alice', sticky: 'tag' }]);
  const [a, b] = both;
  const destination = { host: 'kept.test', port: server.port };
  const visit = (who: string) => async () => assert.ok(await bySocks(world, gateway, who, destination));
  // One tag lands on the first line, the other on the second.
  for (const [slow, who] of [
    [b, 'alice+red'],
    [a, 'alice+blue'],
  ] as const) {
    const gate = deferred();
    slow.trick = { after: gate.promise };
    await visit(who)();
    await until('the slow one is let go', () => slow.open === 0);
    slow.trick = 'works';
    gate.resolve();
  }
  for (let turn = 0; turn < 3; turn += 1) {
    assert.deepEqual(await counted(both, visit('alice+red')), [1, 0]);
    assert.deepEqual(await counted(both, visit('alice+blue')), [0, 1]);
  }
  a.trick = { rep: 5 };
  assert.deepEqual(await counted(both, visit('alice+red')), [1, 1]);
  a.trick = 'works';
  assert.deepEqual(await counted(both, visit('alice+red')), [0, 1], 'it stays there');
});

inBothEngines(
  'curl is the user that it names, by SOCKS5 and by HTTP',
  async (world) => {
    const site = world.use(await httpServer('127.0.0.1'));
    const { gateway } = await start(world, () => [{ user: 'alice', port: site.port, block: true }]);
    const visit = async (flag: string, who: string): Promise<string> => {
      const args = ['-sS', '--max-time', '20', flag, `127.0.0.1:${gateway.port}`, '--proxy-user'];
      const url = `http://a.test:${site.port}/`;
      return (await run('curl', [...args, `${who}:${passwordOf(who)}`, url])).stdout;
    };
    for (const flag of ['--socks5-hostname', '--proxy']) assert.equal(await visit(flag, 'bob+red'), 'GET / ');
    await assert.rejects(visit('--socks5-hostname', 'alice'), /curl: \(97\)/);
    assert.match(await visit('--proxy', 'alice'), /rules\[0\]/);
    await until('all are logged', () => gateway.connections.length === 4);
    assert.deepEqual(
      gateway.connections.map(({ user, tag }) => [user, tag]),
      [
        ['bob', 'red'],
        ['bob', 'red'],
        ['alice', undefined],
        ['alice', undefined],
      ],
    );
  },
  60_000,
  missing('curl'),
);
