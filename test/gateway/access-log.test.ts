// The access log: one line for each connection that has ended, with how it ended, in the log or in a file of its own.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Gateway, LogRecord } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer, PeerServer } from '../helpers/servers.js';
import { greeting, request, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { dialAs } from '../helpers/socks-user.js';
import { until } from '../helpers/until.js';
import { UpgradedGateway } from '../helpers/upgraded-gateway.js';
import { visits } from '../helpers/visits.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-access-'));
after(() => rmSync(directory, { recursive: true }));

const ON = { enabled: 'on' };
/** How long connections may go on. */
const DRAIN_MS = 300;
const endOf = (line: LogRecord): unknown => line['ending'];
const isAccess = ({ msg }: LogRecord): boolean => msg === 'access';
const accessOf = (gateway: Gateway): LogRecord[] => gateway.records.filter(isAccess);

/** The lines of a file, each of which must be whole. */
function linesOf(path: string): string[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

const fileOf = (world: World, name: string): string => join(directory, `${world.engine}-${name}`);

inBothEngines(
  'a connection that has ended has a line with who, where, by what, how much and how it ended',
  async (world) => {
    const server = world.use(await echoServer());
    const port = await freePort();
    const users = { 'al"i\u202ece =': { password: 'pw' } };
    const gateway = await world.gateway({
      users,
      log: { access: ON },
      listen: [{ port, name: 'a "door"' }],
      port: undefined,
    });
    const who = { name: 'al"i\u202ece =+work', password: 'pw' };
    const { peer } = await dialAs(port, who, { host: '127.0.0.1', port: server.port });
    peer.send('hello');
    await peer.read(5);
    peer.end();
    await peer.ended();
    await until('it has a line', () => accessOf(gateway).length === 1);
    const [{ level, time, client, connect_ms, first_byte_ms, duration_ms, ...rest }] = accessOf(gateway);
    assert.deepEqual(rest, {
      ...{ user: 'al"i\u202ece =', tag: 'work', listener: 'a "door"', target: `127.0.0.1:${server.port}` },
      ...{ line: 'direct', address: '127.0.0.1', bytes_up: 5, bytes_down: 5, ending: 'complete', msg: 'access' },
    });
    assert.equal(level, 'info');
    assert.equal(new Date(String(time)).toISOString(), time);
    assert.match(String(client), /^127\.0\.0\.1:\d+$/);
    assert.ok(Number(connect_ms) >= 0 && Number(first_byte_ms) >= Number(connect_ms), `${connect_ms} ${first_byte_ms}`);
    assert.ok(Number(duration_ms) >= 0);
  },
);

inBothEngines(
  'connections that fail, are blocked or never ask have a line too, and names in it forge none',
  async (world) => {
    const path = fileOf(world, 'fails.log');
    const config = { rules: [{ domain: 'blocked.test', block: true }], handshake_timeout_ms: 300 };
    const gateway = await world.gateway({ ...config, log: { access: { ...ON, destination: path, format: 'text' } } });
    const ask = async (name: Buffer): Promise<void> => {
      const peer = world.use(await Peer.connect(gateway.port));
      peer.send(Buffer.concat([greeting(), Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from([0, 80])]));
      await peer.rest();
      peer.end();
    };
    const names = [
      'blocked.test',
      'a\nlevel=info msg=forged',
      'b" ending=complete "',
      '\xff\xfe\xc0\x80',
      '\x1b[2J\x85',
    ];
    for (const name of names) await ask(Buffer.from(name, 'latin1'));
    const silent = world.use(await Peer.connect(gateway.port));
    await silent.ended();
    silent.end();
    await until('all have lines', () => linesOf(path).length >= names.length + 1);
    const lines = linesOf(path);
    assert.equal(lines.length, names.length + 1);
    assert.match(lines[0], / target=blocked\.test:80 cause=blocked bytes_up=0 bytes_down=0 duration_ms=\d+ ending=/);
    for (const line of lines) {
      assert.match(line, /^level=info time=\S+ client=127\.0\.0\.1:\d+ listener=.* ending=[\w-]+ msg=access$/);
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
    assert.deepEqual(accessOf(gateway), []);
  },
);

inBothEngines('a file of its own is opened again at SIGHUP, and no line of it is lost or double', async (world) => {
  const server = world.use(await echoServer());
  const path = fileOf(world, 'own.log');
  const gateway = await world.gateway({ workers: 2, log: { access: { ...ON, destination: path } } });
  const rotate = async (): Promise<void> => {
    renameSync(path, `${path}.1`);
    gateway.child.kill('SIGHUP');
    await until('there is a new one', () => existsSync(path));
  };
  await Promise.all([visits(500, gateway.port, server), rotate()]);
  const all = (): string[] => [path, `${path}.1`].flatMap(linesOf);
  await until('all have lines', () => all().length >= 500);
  await gateway.stop();
  assert.equal(all().length, 500);
  const clients = all().map((line) => (JSON.parse(line) as LogRecord)['client']);
  assert.equal(new Set(clients).size, 500);
});

inBothEngines('at a stop the last lines are written, also of what is cut', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway({ drain_timeout_ms: 0, log: { access: ON } });
  world.use(await through(gateway.port, server));
  gateway.child.kill('SIGTERM');
  await gateway.exited;
  assert.deepEqual([gateway.records.at(-1)?.msg, gateway.records.at(-1)?.['cut']], ['stopped', 1]);
  assert.deepEqual(accessOf(gateway).map(endOf), ['cut']);
});

const MUTE = { host: 'mute.test', port: 80 };

/** A proxy that never answers carries all to MUTE. */
async function muteLine(world: World): Promise<{ readonly proxy: TrickProxy; readonly config: object }> {
  const proxy = world.use(await TrickProxy.listen('silent'));
  const mute = { type: 'socks5', host: '127.0.0.1', port: proxy.port, name: 'mute' };
  const upstream = { type: 'multipath', list: [{ type: 'direct', name: 'plain' }, mute] };
  const rules = [
    { domain: MUTE.host, use: ['mute'] },
    { cidr: ['127.0.0.0/8'], use: ['plain'] },
  ];
  return { proxy, config: { workers: 1, upstream, rules } };
}

/** A relay that has carried 5 bytes up and 4 down, and a handshake and a race that do not end. */
async function endless(world: World, port: number, proxy: TrickProxy): Promise<void> {
  const server = world.use(await PeerServer.listen());
  const relay = world.use(await through(port, server));
  relay.send('hello');
  const destination = await server.accepted();
  await destination.read(5);
  destination.send('back');
  await relay.read(4);
  const handshake = world.use(await Peer.connect(port));
  handshake.send(greeting());
  await handshake.read(2);
  const race = world.use(await Peer.connect(port));
  race.send(Buffer.concat([greeting(), request(MUTE)]));
  await until('it races', () => proxy.count === 1);
}

/** Checks the lines of `endless`. */
function areCut(lines: readonly LogRecord[]): void {
  const found = new Map(
    lines.map((line) => [line['bytes_up'] === 5 ? 'relay' : (line['target'] ?? 'handshake'), line]),
  );
  assert.deepEqual([...found.keys()].sort(), ['handshake', 'mute.test:80', 'relay']);
  for (const [kind, line] of found) {
    const { bytes_up, bytes_down, ending, duration_ms } = line;
    const [up, down] = kind === 'relay' ? [5, 4] : [0, 0];
    assert.deepEqual({ bytes_up, bytes_down, ending }, { bytes_up: up, bytes_down: down, ending: 'cut' }, String(kind));
    assert.ok(Number(duration_ms) >= DRAIN_MS - 1, `${kind} ${duration_ms}`);
  }
  assert.equal(lines.length, 3);
}

inBothEngines(
  'what the end of the drain cuts has its line, at level debug its record, and is counted',
  async (world) => {
    const { config, proxy } = await muteLine(world);
    const log = { level: 'debug', access: ON };
    const gateway = await world.gateway({ ...config, drain_timeout_ms: DRAIN_MS, log });
    await endless(world, gateway.port, proxy);
    gateway.child.kill('SIGTERM');
    assert.deepEqual(await gateway.exited, { status: 0, signal: null });
    areCut(accessOf(gateway));
    assert.deepEqual(gateway.connections.map(endOf), ['cut', 'cut', 'cut']);
    const { completed, failed, cut } = gateway.records.at(-1) as LogRecord;
    assert.deepEqual({ completed, failed, cut }, { completed: 0, failed: 0, cut: 3 });
    assert.equal(
      gateway.records.filter(({ msg }) => msg === 'the time to drain is over: what is left is reset').length,
      1,
    );
  },
);

inBothEngines('so it is when the drain after an upgrade is over', async (world) => {
  const { config, proxy } = await muteLine(world);
  const upgraded = await UpgradedGateway.start(world, {
    ...config,
    upgrade_drain_timeout_ms: DRAIN_MS,
    log: { access: ON },
  });
  await endless(world, upgraded.port, proxy);
  const [first] = upgraded.pids as [number];
  await upgraded.upgrade();
  await upgraded.ends(first);
  await until('the lines are there', () => accessOf(upgraded.gateway).length >= 3);
  areCut(accessOf(upgraded.gateway));
});

inBothEngines(
  'at level debug a connection has its record and its line; without the access log, no line',
  async (world) => {
    const server = world.use(await echoServer());
    for (const access of [ON, { enabled: 'off' }]) {
      const gateway = await world.gateway({ log: { level: 'debug', access } });
      await visits(1, gateway.port, server);
      await gateway.firstConnection();
      await gateway.stop();
      assert.equal(gateway.connections.length, 1);
      assert.equal(accessOf(gateway).length, access === ON ? 1 : 0);
    }
  },
);
