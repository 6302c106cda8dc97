// Where clients come in: several listeners of one gateway, both families by one socket, Unix sockets and their files.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer, PeerServer, TestServer } from '../helpers/servers.js';
import { hashStream, sendStream } from '../helpers/servers-stream.js';
import { ask, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-listeners-'));
after(() => rmSync(directory, { recursive: true }));
let sockets = 0;
const freshPath = (): string => {
  sockets += 1;
  return join(directory, `${sockets}.sock`);
};

/** The kernel chooses ports that are given as 0; `listen` is in place of the port that tests usually give. */
const listening = (world: World, listen: readonly object[], more: object = {}): Promise<Gateway> =>
  world.gateway({ port: undefined, listen, log_level: 'debug', ...more });

/** The ports of a gateway by the names of its listeners. */
function portsOf(gateway: Gateway): Record<string, number> {
  const said = gateway.records.find(({ msg }) => msg.startsWith('listening on '))?.msg ?? '';
  return Object.fromEntries([...said.matchAll(/:(\d+) \((\w+)\)/g)].map(([, port, name]) => [name, Number(port)]));
}

const echoed = async (peer: Peer, text: string): Promise<void> => {
  peer.send(text);
  assert.equal((await peer.read(text.length)).toString(), text);
};

inBothEngines('clients come in by each of several listeners, and the log says by which', async (world) => {
  const server = world.use(await echoServer());
  const unix = freshPath();
  const gateway = await listening(world, [
    { port: 0, name: 'four' },
    { host: '::1', port: 0, name: 'six' },
    { unix, name: 'file' },
  ]);
  const { four, six } = portsOf(gateway);
  const came = [await Peer.connect(four as number), await Peer.connect(six as number, '::1'), await Peer.connect(unix)];
  const clients = came.map(({ socket }) => (socket.localPort === undefined ? 'unix' : `:${socket.localPort}`));
  for (const [index, peer] of came.entries()) {
    const { reply } = await ask(world.use(peer), server);
    assert.equal(reply.rep, 0);
    await echoed(peer, `client ${index}`);
    peer.end();
    await peer.ended();
  }
  await until('all are logged', () => gateway.connections.length === 3);
  const told = gateway.connections.map(({ client }) => String(client));
  assert.deepEqual(told, [`127.0.0.1${clients[0]}`, `[::1]${clients[1]}`, 'unix']);
  gateway.child.kill('SIGUSR2');
  await until('the report has all listeners', () => reported(gateway).length === 3);
  assert.deepEqual(
    reported(gateway).map(({ name, accepted, refused }) => [name, accepted, refused]),
    [
      ['four', 1, 0],
      ['six', 1, 0],
      ['file', 1, 0],
    ],
  );
});

const reported = ({ records }: Gateway) => records.filter(({ msg }) => msg === 'report: listener');

inBothEngines('one socket takes clients of both families, and an IPv4 client has its IPv4 address', async (world) => {
  const server = world.use(await echoServer());
  const listen = [{ host: '::', port: 0, name: 'both', allow_clients: ['127.0.0.1', '::1'] }];
  const gateway = await listening(world, listen, { egress: { allow: ['loopback'] } });
  const { both } = portsOf(gateway);
  const four = world.use(await Peer.connect(both as number));
  const six = world.use(await Peer.connect(both as number, '::1'));
  const expected = [`127.0.0.1:${four.socket.localPort}`, `[::1]:${six.socket.localPort}`];
  for (const peer of [four, six]) {
    assert.equal((await ask(peer, server)).reply.rep, 0);
    peer.end();
    await peer.ended();
  }
  await until('both are logged', () => gateway.connections.length === 2);
  assert.deepEqual(
    gateway.connections.map(({ client }) => client),
    expected,
  );
  // 127.0.0.2 is no client of this gateway.
  const other = world.use(await Peer.connect(both as number, '127.0.0.1', '127.0.0.2'));
  assert.notEqual(await other.ended(), 'open');
  const record = await gateway.logged('a client is turned away: allow_clients has no network for it');
  assert.deepEqual([record.level, record['client'], record['listener']], ['warn', '127.0.0.2', 'both']);
});

inBothEngines('who may not come is closed at once, counted, and named in the log once', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ allow_clients: ['127.0.0.1'], log_level: 'info' });
  for (let i = 0; i < 20; i += 1) {
    const peer = await Peer.connect(gateway.port, '127.0.0.1', `127.0.0.${2 + (i % 2)}`);
    await peer.ended();
    assert.equal(peer.waiting, 0);
    peer.close();
  }
  await echoed(world.use(await through(gateway.port, server)), 'served');
  gateway.child.kill('SIGUSR2');
  await until('the report is logged', () => reported(gateway).length === 1);
  const [report] = reported(gateway);
  assert.deepEqual([report['accepted'], report['refused']], [1, 20]);
  const named = gateway.records.filter(({ msg }) => msg.startsWith('a client is turned away'));
  assert.deepEqual(named.map(({ client }) => client).sort(), ['127.0.0.2', '127.0.0.3']);
});

const MB_30 = 30 * 1024 * 1024;

for (const [how, limits] of [
  ['spliced', {}],
  ['copied', { pipes_max: 0 }],
] as const) {
  inBothEngines(`30 MB each way at once arrive unchanged by a Unix socket, ${how}`, async (world) => {
    const accepted: Socket[] = [];
    const server = world.use(await TestServer.listen((socket) => accepted.push(socket)));
    const unix = freshPath();
    const gateway = await listening(world, [{ unix }], { limits });
    const { socket: client } = world.use(await through(unix, server));
    client.removeAllListeners('data');
    await until('the destination has the connection', () => accepted.length === 1);
    const [destination] = accepted as [Socket];
    const [up, down, arrivedUp, arrivedDown] = await Promise.all([
      sendStream(client, 1, MB_30),
      sendStream(destination, 2, MB_30),
      hashStream(destination),
      hashStream(client),
    ]);
    assert.deepEqual([arrivedUp, arrivedDown], [up, down]);
    const record = await gateway.connection(server);
    assert.deepEqual([record['bytes_up'], record['bytes_down'], record.ending], [MB_30, MB_30, 'complete']);
  });
}

inBothEngines('each side of a connection by a Unix socket may end first, and the other goes on', async (world) => {
  const server = world.use(await PeerServer.listen());
  const unix = freshPath();
  await listening(world, [{ unix }]);
  const first = world.use(await through(unix, server));
  first.send('question');
  first.end();
  const destination = await server.accepted();
  assert.equal((await destination.rest()).toString(), 'question');
  destination.send('answer');
  destination.end();
  assert.equal((await first.rest()).toString(), 'answer');
  const second = world.use(await through(unix, server));
  const other = await server.accepted(1);
  other.send('welcome');
  other.end();
  assert.equal((await second.rest()).toString(), 'welcome');
  second.send('thanks');
  assert.equal((await other.read(6)).toString(), 'thanks');
  second.end();
  assert.equal(await other.ended(), 'eof');
  // One that goes away takes its destination along.
  const third = await through(unix, server);
  const left = await server.accepted(2);
  third.close();
  assert.notEqual(await left.ended(), 'open');
});

inBothEngines('the file of a Unix socket has its mode, and goes with the gateway', async (world) => {
  const [one, other] = [freshPath(), freshPath()];
  const gateway = await listening(world, [{ unix: one }, { unix: other, mode: '0660' }]);
  assert.deepEqual([statSync(one).mode & 0o777, statSync(other).mode & 0o777], [0o600, 0o660]);
  await gateway.stop();
  assert.deepEqual([existsSync(one), existsSync(other)], [false, false]);
  const atOnce = await listening(world, [{ unix: one }]);
  atOnce.child.kill('SIGQUIT');
  await atOnce.exited;
  assert.equal(existsSync(one), false);
});

inBothEngines(
  'the file of a gateway that was killed is replaced, a live one’s and another file are not',
  async (world) => {
    const server = world.use(await echoServer());
    const unix = freshPath();
    const killed = await Gateway.start({ port: undefined, listen: [{ unix }] } as object, world.engine);
    await killed.kill();
    assert.equal(existsSync(unix), true);
    await listening(world, [{ unix }]);
    await echoed(world.use(await through(unix, server)), 'at the old place');

    const refusal = async (path: string): Promise<string> => {
      const second = Gateway.spawn({ listen: [{ unix: path }] }, world.engine);
      assert.equal((await second.exited).status, 1);
      return second.output;
    };
    assert.match(await refusal(unix), /cannot listen on unix:\S+: another process listens there/);
    await echoed(world.use(await through(unix, server)), 'still there');
    const foreign = freshPath();
    const alien = createServer();
    await new Promise<void>((resolve) => alien.listen(foreign, resolve));
    assert.match(await refusal(foreign), /another process listens there/);
    await new Promise((resolve) => alien.close(resolve));
    writeFileSync(foreign, 'mine');
    assert.match(await refusal(foreign), /where there is a file, it must be a socket/);
    assert.equal(readFileSync(foreign, 'utf8'), 'mine');
  },
);

inBothEngines('when one listener cannot be had, none stays', async (world) => {
  const taken = world.use(await TestServer.listen(() => {}));
  const [unix, port] = [freshPath(), await freePort()];
  const gateway = Gateway.spawn({ listen: [{ unix }, { port }, { port: taken.port }] }, world.engine);
  assert.equal((await gateway.exited).status, 1);
  assert.match(gateway.output, new RegExp(`cannot listen on 127.0.0.1:${taken.port}: the port is in use`));
  assert.equal(existsSync(unix), false);
});

inBothEngines(
  'a listener that other machines reach is refused at start unless it is said who may come',
  async (world) => {
    const open = Gateway.spawn({ host: '0.0.0.0', port: 0 }, world.engine);
    assert.equal((await open.exited).status, 1);
    assert.match(open.output, /host: clients of other machines can come to 0\.0\.0\.0, and nothing says who may/);
    assert.match(open.output, /"allow_clients": \["192\.168\.0\.0\/16", "fd00::\/8"\]/);
    assert.match(open.output, /"users": \{"NAME": \{"password": "PASSWORD"\}\}/);
    const said = await world.gateway({ host: '0.0.0.0', allow_clients: ['127.0.0.0/8'] });
    assert.deepEqual(
      said.records.filter(({ level }) => level === 'warn'),
      [],
    );
  },
);

inBothEngines(
  'a proxy at a Unix socket tells who its client is, and only those of allow_clients are served',
  async (world) => {
    const server = world.use(await echoServer());
    const unix = freshPath();
    const listen = [{ unix, allow_clients: '192.0.2.0/24', proxy_protocol: { from: 'unix' } }];
    const gateway = await listening(world, listen, { egress: { allow: ['loopback'] } });
    const served = world.use(await Peer.connect(unix));
    served.send('PROXY TCP4 192.0.2.7 192.0.2.1 5678 1080\r\n');
    assert.equal((await ask(served, server)).reply.rep, 0);
    served.end();
    await served.ended();
    assert.equal((await gateway.connection(server))['client'], '192.0.2.7:5678');
    const other = world.use(await Peer.connect(unix));
    other.send('PROXY TCP4 198.51.100.7 192.0.2.1 5678 1080\r\n');
    assert.notEqual(await other.ended(), 'open');
    assert.equal(other.waiting, 0);
    await gateway.logged('is a proxy whose client is not in allow_clients');
  },
);

inBothEngines('a gateway that is stopped, or ended at once, before it listens leaves no file', async (world) => {
  for (const [signal, exit] of [
    ['SIGTERM', { status: 0, signal: null }],
    ['SIGQUIT', { status: 131, signal: null }],
  ] as const) {
    const unix = freshPath();
    // The file is there before the workers start, and many workers take a while.
    const gateway = world.own(
      Gateway.begin({ port: undefined, listen: [{ unix }], workers: 8 } as object, world.engine),
    );
    const listens = () => gateway.records.some(({ msg }) => msg.startsWith('listening on '));
    await until('the file is there', () => existsSync(unix) || gateway.exit !== undefined);
    assert.equal(listens(), false, 'the signal comes before it listens');
    gateway.child.kill(signal);
    assert.deepEqual(await gateway.exited, exit, gateway.output);
    assert.equal(existsSync(unix), false);
  }
});
