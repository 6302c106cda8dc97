// What one user may have, from whichever address and in whichever worker: connections at a time, and new ones a second. What is
// over a limit is refused in the client's protocol, counted, and told once a minute.
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { readAnswer } from '../helpers/http-peer.js';
import { echoServer } from '../helpers/servers.js';
import type { Destination } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';

const PASSWORD = 'sekrit';
const HOMES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

interface Visit {
  readonly rep: number | 'refused';
  end(): Promise<void>;
}

async function visit(world: World, { port }: Gateway, to: Destination, name: string, home = 0): Promise<Visit> {
  const { peer, came } = await dialAs(port, { name, password: PASSWORD }, to, HOMES[home % HOMES.length]);
  world.use(peer);
  return {
    rep: came,
    async end() {
      peer.end();
      await peer.ended();
    },
  };
}

const report = async (gateway: Gateway): Promise<Record<string, unknown>> => {
  const reports = () => gateway.records.filter(({ msg }) => msg === 'report: connections');
  const before = reports().length;
  gateway.child.kill('SIGUSR2');
  await until('it reports', () => reports().length > before);
  return reports()[before] as Record<string, unknown>;
};

inBothEngines(
  'a user has as many connections as it may, wherever they are, and others have their own',
  async (world) => {
    const server = world.use(await echoServer());
    const users = {
      alice: { password: PASSWORD, limits: { connections_max: 4 } },
      bob: { password: PASSWORD, limits: { connections_max: 0 } },
      carol: { password: PASSWORD },
    };
    const gateway = await world.gateway({ users, workers: 3, limits: { user_connections_max: 2 } });
    const come = (name: string, home?: number) => visit(world, gateway, server, name, home);
    const four: Visit[] = [];
    for (const [home, name] of ['alice', 'alice+work', 'alice+home', 'alice'].entries())
      four.push(await come(name, home));
    assert.deepEqual(
      four.map(({ rep }) => rep),
      [0, 0, 0, 0],
    );
    for (let home = 0; home < 3; home += 1) assert.equal((await come(`alice+${home}`, home)).rep, 2);
    for (let many = 0; many < 6; many += 1) assert.equal((await come('bob')).rep, 0);
    assert.deepEqual([(await come('carol')).rep, (await come('carol')).rep, (await come('carol', 1)).rep], [0, 0, 2]);

    const http = world.use(await Peer.connect(gateway.port));
    const basic = Buffer.from(`alice:${PASSWORD}`).toString('base64');
    const host = `127.0.0.1:${server.port}`;
    http.send(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\nProxy-Authorization: Basic ${basic}\r\n\r\n`);
    const { status, head, body } = await readAnswer(http);
    assert.equal(status, 429);
    assert.match(head, /\r\nRetry-After: \d+\r\n/);
    assert.match(body, /the user is over a limit \(it has as many connections as its own limits allow \(4\)\)/);
    http.end();

    const { limited, limitedUsers, failed } = await report(gateway);
    assert.deepEqual([limited, limitedUsers, failed], [5, 5, 5]);
    const told = () => gateway.records.filter(({ msg }) => msg.startsWith('a connection of a user is refused'));
    await until('both are told', () => told().length === 2);
    assert.deepEqual(
      told()
        .map(({ user }) => user)
        .sort(),
      ['alice', 'carol'],
    );

    await four[1]?.end();
    for (let tries = 0; (await come('alice')).rep !== 0; tries += 1) assert.ok(tries < 100, 'its place is free again');
    assert.equal((await come('alice')).rep, 2);
  },
);

inBothEngines('a user opens connections no faster than it may', async (world) => {
  const server = world.use(await echoServer());
  const users = { alice: { password: PASSWORD }, bob: { password: PASSWORD, limits: { rate: 100 } } };
  const gateway = await world.gateway({ users, workers: 2, limits: { user_rate: 1 } });
  const replies = async (name: string, count: number) => {
    const visits = await Promise.all(
      Array.from({ length: count }, (_, home) => visit(world, gateway, server, name, home)),
    );
    return visits.map(({ rep }) => rep);
  };
  const came = await replies('alice', 12);
  const good = came.filter((rep) => rep === 0).length;
  // Two at once, and one a second.
  assert.ok(good >= 2 && good <= 8, `${good} of 12`);
  assert.ok(came.every((rep) => rep === 0 || rep === 2));
  assert.deepEqual(await replies('bob', 12), Array(12).fill(0));
  const { user } = await gateway.logged('it opens more connections a second than limits.user_rate allows (1)');
  assert.equal(user, 'alice');
});

inBothEngines(
  'the limits in a file of users hold as the file is, also for connections that are open',
  async (world) => {
    const directory = mkdtempSync(join(tmpdir(), 'tcproute-user-limits-'));
    world.use({ close: () => rmSync(directory, { recursive: true }) });
    const path = join(directory, 'users.json');
    const write = (connections_max: number): void => {
      const users = { alice: { password: PASSWORD, limits: { connections_max } } };
      writeFileSync(`${path}.new`, JSON.stringify(users));
      renameSync(`${path}.new`, path);
    };
    write(1);
    const server = world.use(await echoServer());
    const gateway = await world.gateway({ users_file: path });
    const come = async () => (await visit(world, gateway, server, 'alice')).rep;
    const inForce = () => gateway.records.filter(({ msg }) => msg === 'users are in force').length;
    assert.deepEqual([await come(), await come()], [0, 2]);
    write(3);
    await until('the users are read again', () => inForce() === 2);
    assert.deepEqual([await come(), await come(), await come()], [0, 0, 2]);
    write(2);
    await until('the users are read again', () => inForce() === 3);
    assert.equal(await come(), 2);
  },
);
