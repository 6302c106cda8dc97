// Users as their clients see them: who is let in and who is not, what a wrong password costs, a file of users that changes, and
// what of it is counted and logged.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { scryptSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { missing } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, httpServer } from '../helpers/servers.js';
import { greeting, request } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { credentials, dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';

/** Of "hunter2", at a cost of 16 KiB. */
const HASH = (() => {
  const salt = Buffer.from('some salt of one');
  const hash = scryptSync('hunter2', salt, 32, { N: 16, r: 8, p: 1 });
  const base64 = (octets: Buffer): string => octets.toString('base64').replace(/=+$/, '');
  return `$scrypt$ln=4,r=8,p=1$${base64(salt)}$${base64(hash)}`;
})();
const ALICE = { name: 'alice', password: 'sekrit' };
const BOB = { name: 'bob', password: 'hunter2' };
const USERS = { alice: { password: ALICE.password }, bob: { password: HASH } };
const WRONG = { name: 'alice', password: 'wr0ng' };

async function came(world: World, { port }: Gateway, ...how: Rest<typeof dialAs>): Promise<number | 'refused'> {
  const { peer, came } = await dialAs(port, ...how);
  world.use(peer);
  peer.end();
  await peer.ended();
  return came;
}
type Rest<F> = F extends (first: number, ...rest: infer R) => unknown ? R : never;

interface Claims {
  readonly known: number;
  readonly unknown: number;
  readonly tooMany: number;
}

/** What the report counts. */
async function claims(gateway: Gateway): Promise<Claims> {
  const reports = () => gateway.records.filter(({ msg }) => msg === 'report: connections');
  const before = reports().length;
  gateway.child.kill('SIGUSR2');
  await until('it reports', () => reports().length > before);
  const { claimsKnown, claimsUnknown, claimsTooMany } = reports()[before] as Record<string, unknown>;
  return { known: Number(claimsKnown), unknown: Number(claimsUnknown), tooMany: Number(claimsTooMany) };
}

inBothEngines(
  'a user is let in by a password or its hash, with and without a tag, and nobody else is',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway({ users: USERS, log_level: 'debug' });
    const target = { host: '127.0.0.1', port: server.port };
    for (const who of [ALICE, BOB, BOB, { ...ALICE, name: 'alice+work' }]) {
      const { peer, came } = await dialAs(gateway.port, who, target);
      world.use(peer);
      assert.equal(came, 0, who.name);
      peer.send('hello');
      assert.equal((await peer.read(5)).toString(), 'hello');
      peer.end();
      await peer.ended();
    }
    for (const who of [
      WRONG,
      { ...BOB, name: 'carol' },
      { ...ALICE, name: 'alice+not a tag' },
      { ...BOB, password: HASH },
    ]) {
      assert.equal(await came(world, gateway, who, target), 'refused', who.name);
    }
    const nobody = world.use(await Peer.connect(gateway.port));
    nobody.send(Buffer.concat([greeting([0]), request(target)]));
    assert.deepEqual([...(await nobody.rest())], [5, 255]);
    nobody.end();
    assert.deepEqual(await claims(gateway), { known: 4, unknown: 4, tooMany: 0 });
    const users = () => gateway.connections.flatMap(({ user }) => (user === undefined ? [] : [user]));
    await until('all are logged', () => users().length === 4);
    assert.deepEqual(users(), ['alice', 'bob', 'bob', 'alice']);
    assert.doesNotMatch(gateway.output, /sekrit|wr0ng|hunter2|\$scrypt/);
  },
);

inBothEngines('what is sent behind a password goes on when it is right', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.shared({ users: USERS });
  const peer = world.use(await Peer.connect(gateway.port));
  const target = { host: '127.0.0.1', port: server.port };
  peer.send(Buffer.concat([greeting([2]), credentials(BOB), request(target), Buffer.from('early')]));
  assert.deepEqual([...(await peer.read(4))], [5, 2, 1, 0]);
  await peer.read(10);
  assert.equal((await peer.read(5)).toString(), 'early');
  peer.end();
  await peer.ended();
});

inBothEngines(
  'of many wrong passwords few are compared, and who was right before or comes from elsewhere is served',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await world.gateway({ users: USERS });
    const target = { host: '127.0.0.1', port: server.port };
    assert.equal(await came(world, gateway, BOB, target), 0);
    const guess = (number: number) => came(world, gateway, { name: 'alice', password: `guess ${number}` }, target);
    const guesses = await Promise.all(Array.from({ length: 200 }, (_, number) => guess(number)));
    assert.ok(guesses.every((one) => one === 'refused'));
    assert.equal(await came(world, gateway, BOB, target), 0);
    assert.equal(await came(world, gateway, ALICE, target, '127.0.0.2'), 0);
    const { known, unknown, tooMany } = await claims(gateway);
    assert.equal(known, 3);
    assert.ok(unknown <= 22, `${unknown} were compared`);
    assert.equal(unknown + tooMany, 200);
    // The first one that is told may be one of those that come while others are compared.
    const lines = gateway.records.filter(({ msg }) => /^a client at 127\.0\.0\.1 (?:gave|is refused)/.test(msg));
    assert.equal(lines.length, 1);
    assert.doesNotMatch(gateway.output, /guess/);
  },
);

inBothEngines('a client that leaves while its refusal is held back leaves nothing', async (world) => {
  const gateway = await world.gateway({ users: USERS });
  for (let number = 0; number < 5; number += 1) {
    const peer = world.use(await Peer.connect(gateway.port));
    peer.send(Buffer.concat([greeting([2]), credentials({ name: 'bob', password: `${number}` })]));
    await peer.read(2);
    peer.reset();
  }
  await gateway.idle();
});

inBothEngines('a file of users is read again when it changes', async (world) => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-users-'));
  world.use({ close: () => rmSync(directory, { recursive: true }) });
  const path = join(directory, 'users.yaml');
  const write = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  write('alice:\n  password: sekrit\n');
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ users_file: path, users: { bob: USERS.bob } });
  const target = { host: '127.0.0.1', port: server.port };
  for (const who of [ALICE, BOB]) assert.equal(await came(world, gateway, who, target), 0);
  write('carol:\n  password: sekrit\n');
  const inForce = () => gateway.records.filter(({ msg }) => msg === 'users are in force').length;
  await until('the users are read again', () => inForce() === 2);
  assert.equal(await came(world, gateway, ALICE, target), 'refused');
  for (const name of ['carol', 'carol+tag'])
    assert.equal(await came(world, gateway, { name, password: 'sekrit' }, target), 0);
  assert.equal(await came(world, gateway, BOB, target), 0);
  write('carol: sekrit\n');
  const told = await gateway.logged('the users stay as they were');
  assert.match(String(told['problems']), /users\.yaml: line 1: carol: \*\*\* \(string\) is not allowed/);
  assert.equal(await came(world, gateway, { name: 'carol', password: 'sekrit' }, target), 0);
});

inBothEngines('a user with lines uses no others, and what they and a rule leave together', async (world) => {
  const server = world.use(await echoServer());
  const proxy = world.use(await TrickProxy.listen('works'));
  const gateway = await world.gateway({
    upstream: {
      type: 'multipath',
      list: [
        { ...proxy.line, name: 'proxy' },
        { type: 'direct', name: 'direct' },
      ],
    },
    users: { alice: { password: 'sekrit', lines: ['proxy'] } },
    rules: [{ port: 9, use: ['direct'] }],
    log_level: 'debug',
  });
  assert.equal(await came(world, gateway, ALICE, server), 0);
  assert.equal(proxy.count, 1);
  assert.equal(await came(world, gateway, ALICE, { host: '127.0.0.1', port: 9 }), 2);
  const { cause, detail } = await gateway.connection({ host: '127.0.0.1', port: 9 });
  assert.deepEqual([cause, proxy.count], ['kept-away', 1]);
  assert.equal(detail, 'rules[0] leaves only direct; user alice may use only proxy');
});

const run = promisify(execFile);

inBothEngines(
  'curl names a user',
  async (world) => {
    const site = world.use(await httpServer('127.0.0.1'));
    const { port } = await world.shared({ users: USERS });
    const curl = (who: string) =>
      run('curl', [
        ...['-sS', '--max-time', '20', '--socks5-hostname', `127.0.0.1:${port}`, '--proxy-user', who],
        `http://127.0.0.1:${site.port}/`,
      ]);
    assert.equal((await curl('bob:hunter2')).stdout, 'GET / ');
    assert.equal((await curl('alice+tag:sekrit')).stdout, 'GET / ');
    await assert.rejects(curl('alice:wrong'), /curl: \(97\)/);
  },
  60_000,
  missing('curl'),
);
