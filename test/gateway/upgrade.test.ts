// An upgrade as an operator and the clients see it: another process takes over, nobody is refused or reset, and one that fails
// changes nothing.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deferred } from '../helpers/dns-server.js';
import { program, root } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { NotifySocket } from '../helpers/notify-socket.js';
import { freePort } from '../helpers/proxies.js';
import { TrickProxy } from '../helpers/proxies-trick.js';
import { echoServer } from '../helpers/servers.js';
import { ask, dial, through } from '../helpers/socks-client.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { UpgradedGateway } from '../helpers/upgraded-gateway.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'tcproute-upgrade-'));

async function echoes(peer: Peer, text: string): Promise<void> {
  peer.send(text);
  assert.equal((await peer.read(text.length)).toString(), text);
}

const upgradeBy = (file: string) => controlled('upgrade', file);

/** `tcproute COMMAND`. */
function controlled(command: string, file: string): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, command, '-c', file], (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

inBothEngines(
  'another process takes over; what is open and what is half said goes on in the first one',
  async (world) => {
    const server = world.use(await echoServer());
    const gateway = await UpgradedGateway.start(world, {});
    const [first] = gateway.pids as [number];
    const open = world.use(await through(gateway.port, server));
    await echoes(open, 'before');
    const half = world.use(await Peer.connect(gateway.port));
    half.send(Uint8Array.of(5, 1));
    await until('both are with an actor', () => gateway.fds(first).filter((fd) => fd.startsWith('socket')).length >= 4);

    const told = await gateway.upgrade();
    assert.equal(told.level, 'info');
    await echoes(open, 'after');
    half.send(Uint8Array.of(0));
    assert.deepEqual([...(await half.read(2))], [5, 0]);
    const later = world.use(await through(gateway.port, server));
    await echoes(later, 'later');
    for (const peer of [open, half]) {
      assert.ok(gateway.runs(first));
      peer.end();
    }
    await gateway.ends(first);
    await echoes(later, 'still');
    assert.ok(gateway.runs(gateway.pid));
  },
);

inBothEngines(
  'tcproute upgrade tells which process serves, and what is in the files is that process’s',
  async (world) => {
    const server = world.use(await echoServer());
    const directory = folder();
    const [control_socket, pid_file, unix] = ['control', 'pid', 'clients'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    const listen = [{ port: 0 }, { unix }];
    const gateway = await UpgradedGateway.start(
      world,
      { control_socket, pid_file, listen, port: undefined },
      { directory },
    );
    const [first] = gateway.pids as [number];
    const file = gateway.reloaded.file;
    const asked: Promise<{ status: number; out: string; err: string }>[] = [];
    await gateway.upgrade(() => asked.push(upgradeBy(file)));
    const out = `process ${gateway.pid} serves: version 0.1.0\nthe process before it ends with its last connection\n`;
    assert.deepEqual(await asked[0], { status: 0, out, err: '' });
    await gateway.ends(first);
    assert.equal(readFileSync(pid_file, 'utf8'), `${gateway.pid}\n`);

    // The files of sockets are those of before, and lead to the second process.
    await gateway.upgrade(() => asked.push(upgradeBy(file)));
    assert.equal((await asked[1])?.status, 0);
    await gateway.ends(gateway.pids[1] as number);
    const { reply, peer } = await dial(unix, server);
    world.use(peer);
    assert.equal(reply.rep, 0);
    peer.end();
    await gateway.close();
    assert.deepEqual([control_socket, pid_file, unix].map(existsSync), [false, false, false]);
  },
);

inBothEngines('a process that cannot serve changes nothing, and says why', async (world) => {
  const server = world.use(await echoServer());
  const directory = folder();
  const [control_socket, unix] = [join(directory, 'control'), join(directory, 'clients')];
  const listen = [{ unix }, { port: 0 }];
  const gateway = await UpgradedGateway.start(world, { control_socket, listen, port: undefined }, { directory });
  const open = world.use(await through(gateway.port, server));
  const fds = gateway.fds().length;

  gateway.reloaded.write('{"prot": 1, "workers": -1}');
  const [mistaken, ...others] = await gateway.refused();
  assert.match(mistaken as string, /prot/);
  assert.equal(others.length, 1);
  const { status, out, err } = await upgradeBy(gateway.reloaded.file);
  assert.deepEqual([status, out], [1, ''], err);

  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  gateway.reloaded.write({ control_socket, port: undefined, listen: [...listen, { port }] });
  assert.deepEqual(await gateway.refused(), [`cannot listen on 127.0.0.1:${port}: the port is in use (EADDRINUSE)`]);
  taken.close();

  await echoes(open, 'still');
  for (const place of [gateway.port, unix]) {
    const { reply, peer } = await dial(place, server);
    world.use(peer).end();
    assert.equal(reply.rep, 0);
  }
  await until('nothing is left of it', () => gateway.fds().length <= fds);
  assert.deepEqual(gateway.pids, [gateway.gateway.child.pid]);
  gateway.reloaded.write({ control_socket, listen, port: undefined });
  await gateway.upgrade();
  assert.deepEqual([control_socket, unix].map(existsSync), [true, true]);
});

inBothEngines('a process that dies before it serves changes nothing', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await UpgradedGateway.start(world, {});
  gateway.reloaded.write({ log: { destination: '/nowhere/log' } });
  const [why] = await gateway.refused();
  assert.match(why as string, /\/nowhere\/log/);
  const client = world.use(await through(gateway.port, server));
  await echoes(client, 'still');
});

inBothEngines('listeners come and go with the configuration of the next process', async (world) => {
  const server = world.use(await echoServer());
  const directory = folder();
  const [stays, goes] = [join(directory, 'stays'), join(directory, 'goes')];
  const [one, other] = [await freePort(), await freePort()];
  const listen = [{ port: one }, { unix: goes }, { unix: stays, mode: '0600' }];
  const gateway = await UpgradedGateway.start(world, { listen, port: undefined }, { directory });
  const [first] = gateway.pids as [number];
  gateway.reloaded.write({ port: undefined, listen: [{ unix: stays, mode: '0660' }, { port: other }] });
  // Until nobody listens there any more, who comes is served.
  const visiting = (async (): Promise<number> => {
    for (let visits = 0; ; visits += 1) {
      const peer = await Peer.connect(one).catch(() => undefined);
      if (peer === undefined) return visits;
      const { reply } = await ask(peer, server);
      peer.close();
      assert.equal(reply.rep, 0);
    }
  })();
  await gateway.upgrade();
  assert.ok((await visiting) > 0);
  await gateway.ends(first);
  assert.equal(existsSync(goes), false);
  for (const place of [stays, other]) {
    const { reply, peer } = await dial(place, server);
    world.use(peer).end();
    assert.equal(reply.rep, 0);
  }
  await assert.rejects(Peer.connect(one));
});

inBothEngines('what was learned goes to the next process, and into the state file of that', async (world) => {
  const server = world.use(await echoServer());
  const directory = folder();
  const state_file = join(directory, 'routes');
  const fast = world.use(await TrickProxy.listen('works'));
  const slow = world.use(await TrickProxy.listen({ after: deferred().promise }));
  const upstream = { type: 'multipath', list: [slow.line, fast.line] };
  const gateway = await UpgradedGateway.start(world, { upstream, cache: { state_file } }, { directory });
  const visit = async (): Promise<readonly number[]> => {
    const client = world.use(await through(gateway.port, server));
    await echoes(client, 'x');
    client.end();
    assert.equal(await client.ended(), 'eof');
    return [fast.count, slow.count];
  };
  assert.deepEqual(await visit(), [1, 1]);
  const lock = `${state_file}.lock`;
  await gateway.upgrade();
  assert.deepEqual(await visit(), [2, 1]);
  await gateway.upgrade();
  assert.deepEqual(await visit(), [3, 1]);
  await gateway.ends(gateway.pids[1] as number);
  assert.equal(readFileSync(lock, 'latin1'), `${gateway.pid}\n`);
  assert.equal(existsSync(state_file), false);
  await gateway.close();
  assert.ok(readFileSync(state_file, 'utf8').includes(`:${server.port}`), readFileSync(state_file, 'utf8'));
  const warnings = gateway.gateway.records.filter(({ level }) => level === 'warn');
  assert.deepEqual(warnings, []);
});

inBothEngines('a stop of the serving process stops those that drain, too', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await UpgradedGateway.start(world, { drain_timeout_ms: 200 });
  const clients: Peer[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const client = world.use(await through(gateway.port, server));
    await echoes(client, 'open');
    clients.push(client);
    await gateway.upgrade();
  }
  for (const client of clients) await echoes(client, 'still');
  gateway.signal('SIGTERM');
  for (const client of clients) assert.equal(await client.ended(), 'ECONNRESET');
  for (const pid of gateway.pids) await gateway.ends(pid);
});

inBothEngines('a process that drains ends its last connections after upgrade_drain_timeout_ms', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await UpgradedGateway.start(world, { upgrade_drain_timeout_ms: 300, drain_timeout_ms: 60_000 });
  const client = world.use(await through(gateway.port, server));
  await gateway.upgrade();
  assert.equal(await client.ended(), 'ECONNRESET');
  await gateway.ends(gateway.pids[0] as number);
});

inBothEngines('signals to a process that has been taken over from', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await UpgradedGateway.start(world, { drain_timeout_ms: 200 });
  const [first] = gateway.pids as [number];
  const client = world.use(await through(gateway.port, server));
  await gateway.upgrade();
  process.kill(first, 'SIGUSR1');
  const alike = (): number =>
    gateway.gateway.records.filter(
      ({ level, msg }) => level === 'info' && msg === `upgrade: process ${gateway.pid} has taken over`,
    ).length;
  await until('that is said', () => alike() === 1);
  process.kill(first, 'SIGHUP');
  // Passed on.
  await gateway.gateway.logged('reload: nothing has changed');
  await echoes(client, 'still');
  process.kill(first, 'SIGTERM');
  assert.equal(await client.ended(), 'ECONNRESET');
  await gateway.ends(first);
  world.use(await through(gateway.port, server)).end();
});

inBothEngines('an upgrade during an upgrade is refused; a stop during one stops both processes', async (world) => {
  const gateway = await UpgradedGateway.start(world, {});
  const engines = (): number => gateway.gateway.records.filter(({ msg }) => msg === 'engine chosen').length;
  gateway.signal('SIGUSR1');
  await until('the other process begins', () => engines() === 2);
  assert.deepEqual(await gateway.refused(), ['an upgrade is under way']);
  gateway.signal('SIGTERM');
  // Also of the other process: both have its log.
  assert.equal((await gateway.gateway.exited).status, 0);
  assert.match(gateway.gateway.output, /"stopped before it listened"/);
});

inBothEngines('the service manager hears of the next process, and then from it alone', async (world) => {
  const manager = world.use(new NotifySocket());
  const gateway = await UpgradedGateway.start(
    world,
    {},
    {
      environment: { NOTIFY_SOCKET: manager.address, WATCHDOG_USEC: '1000000' },
    },
  );
  const [first] = gateway.pids as [number];
  await gateway.upgrade();
  await gateway.ends(first);
  const { messages } = manager;
  const over = messages.indexOf(`MAINPID=${gateway.pid}\nREADY=1\nSTATUS=process ${gateway.pid} serves`);
  assert.ok(over > 0, messages.join(' | '));
  assert.match(messages[0] as string, /^READY=1\nSTATUS=serving on/);
  const later = messages.slice(over + 1);
  await manager.hears(/^WATCHDOG=1$/);
  assert.ok(
    later.every((message) => /^(?:READY=1\nSTATUS=serving on .*|WATCHDOG=1)$/.test(message)),
    later.join(' | '),
  );
  const fed = manager.count('WATCHDOG=1');
  await until('the watchdog is fed on', () => manager.count('WATCHDOG=1') > fed + 2);
});

inBothEngines(
  'each process holds what the first one held, however many were before it',
  async (world) => {
    const server = world.use(await echoServer());
    const directory = folder();
    const config = { control_socket: join(directory, 'control'), cache: { state_file: join(directory, 'routes') } };
    const gateway = await UpgradedGateway.start(world, config, { directory });
    const held = gateway.fds();
    for (let turn = 0; turn < 3; turn += 1) {
      world.use(await through(gateway.port, server)).end();
      await gateway.upgrade();
      await gateway.ends(gateway.pids.at(-2) as number);
    }
    await until('as many fds are open', () => gateway.fds().length === held.length);
    assert.deepEqual(gateway.fds(), held);
  },
  60_000,
);

inBothEngines(
  'the version that is installed by then takes over, also where the files of the first one have gone',
  async (world) => {
    const server = world.use(await echoServer());
    const directory = folder();
    const [installed, next] = [join(directory, 'tcproute'), join(directory, 'next')];
    install(installed, '0.1.0');
    const control_socket = join(directory, 'control');
    const gateway = await UpgradedGateway.start(
      world,
      { control_socket },
      { directory, program: join(installed, 'bin/tcproute.js') },
    );
    const open = world.use(await through(gateway.port, server));
    install(next, '99.0.0');
    rmSync(installed, { recursive: true });
    renameSync(next, installed);
    const { from, to } = await gateway.upgrade();
    assert.deepEqual([from, to], ['0.1.0', '99.0.0']);
    await echoes(open, 'still');
  },
);

/** As npm does it, but for the packages. */
function install(to: string, version: string): void {
  mkdirSync(join(to, 'dist'), { recursive: true });
  for (const part of ['bin', 'dist/program']) cpSync(join(root, part), join(to, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  writeFileSync(join(to, 'package.json'), JSON.stringify({ ...manifest, version }));
}

/** Starts an upgrade and stops the first process (SIGSTOP) before it hears that the other one serves. */
async function halfWay(gateway: UpgradedGateway, ask?: () => unknown): Promise<number> {
  const [first] = gateway.pids as [number];
  const said = (msg: RegExp) => gateway.gateway.records.filter((record) => msg.test(record.msg)).length;
  if (ask === undefined) gateway.signal('SIGUSR1');
  else ask();
  await until('the other process has the estate', () => said(/^engine chosen/) === 2, 25_000);
  process.kill(first, 'SIGSTOP');
  await until('the other process serves', () => said(/^listening on/) === 2, 25_000);
  return first;
}

inBothEngines('a client that comes when both processes wait for clients is served', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await UpgradedGateway.start(world, {});
  let first = 0;
  const over = gateway.upgrade(async () => {
    first = await halfWay(gateway);
    process.kill(first, 'SIGCONT');
  });
  await until('the first process is stopped', () => first > 0, 25_000);
  const [{ reply, peer }] = await Promise.all([dial(gateway.port, server), over]);
  world.use(peer);
  assert.equal(reply.rep, 0);
  await echoes(peer, 'served');
});

inBothEngines('a reload during an upgrade is one of the process that takes over', async (world) => {
  const directory = folder();
  const control_socket = join(directory, 'control');
  const gateway = await UpgradedGateway.start(world, { control_socket }, { directory });
  const asked: Promise<{ status: number; out: string }>[] = [];
  await gateway.upgrade(async () => {
    const first = await halfWay(gateway);
    gateway.reloaded.write({ control_socket, log_level: 'debug' });
    asked.push(controlled('reload', gateway.reloaded.file));
    process.kill(first, 'SIGHUP');
    process.kill(first, 'SIGCONT');
  });
  const { status, out } = (await asked[0]) as { status: number; out: string };
  assert.equal(status, 0);
  // The SIGHUP may have come first.
  assert.match(out, /^(?:changed: log_level|nothing has changed)\n$/);
  const told = (): number => gateway.gateway.records.filter(({ msg }) => msg.startsWith('reload: ')).length;
  await until('both are told', () => told() >= 2);
  assert.match(gateway.gateway.output, /reload: the changes are in force/);
  assert.equal((await controlled('reload', gateway.reloaded.file)).out, 'nothing has changed\n');
});

inBothEngines('a stop that comes to both processes is one stop', async (world) => {
  const gateway = await UpgradedGateway.start(world, {});
  const first = await halfWay(gateway);
  const children = readFileSync(`/proc/${first}/task/${first}/children`, 'utf8').trim();
  process.kill(Number(children), 'SIGTERM');
  process.kill(first, 'SIGTERM');
  process.kill(first, 'SIGCONT');
  assert.equal((await gateway.gateway.exited).status, 0);
  assert.doesNotMatch(gateway.gateway.output, /ended at once/);
});

inBothEngines('a stop reaches every process that drains, also behind one without connections', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await UpgradedGateway.start(world, { drain_timeout_ms: 200 });
  const client = world.use(await through(gateway.port, server));
  await echoes(client, 'open');
  await gateway.upgrade();
  await gateway.upgrade();
  await gateway.upgrade();
  await echoes(client, 'still');
  gateway.signal('SIGTERM');
  assert.equal(await client.ended(), 'ECONNRESET');
  for (const pid of gateway.pids) await gateway.ends(pid);
});

inBothEngines('the service manager hears nothing of a process that does not take over', async (world) => {
  const manager = world.use(new NotifySocket());
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const gateway = await UpgradedGateway.start(world, {}, { environment: { NOTIFY_SOCKET: manager.address } });
  gateway.reloaded.write({ port });
  assert.equal((await gateway.refused()).length, 1);
  taken.close();
  assert.equal(manager.messages.length, 1);
});
