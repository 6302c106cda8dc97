// What signals do to the gateway besides stopping it: none opens Node's debugger, and none ends it by surprise.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as delay } from 'node:timers/promises';
import { Gateway, program } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const QUIET = { port: 0, workers: 2, race: { early_probe_interval_s: 0 } };

/** Local ports on which a process listens. */
function listens(gateway: Gateway): number[] {
  const own = new Set(gateway.fds().map((fd) => /^socket:\[(\d+)\]$/.exec(fd)?.[1]));
  return readFileSync(`/proc/${gateway.child.pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && own.has(columns[9]))
    .map((columns) => Number.parseInt(columns[1].split(':')[1], 16));
}

inBothEngines('SIGHUP without a change changes nothing, and no debugger is open', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway();
  const client = world.use(await through(gateway.port, server));
  gateway.child.kill('SIGHUP');
  assert.equal((await gateway.logged('reload: nothing has changed')).level, 'info');
  client.send('x');
  await client.read(1);
  assert.deepEqual(listens(gateway), [gateway.port]);
  assert.doesNotMatch(gateway.output, /Debugger/);
});

inBothEngines('signals that a stop leaves without a meaning are harmless until the very end', async (world) => {
  const gateway = await world.gateway();
  gateway.child.kill('SIGTERM');
  while (gateway.exit === undefined && gateway.child.kill('SIGUSR1')) await delay();
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

const perl = spawnSync('perl', ['-MPOSIX', '-e', '1']).status === 0 ? undefined : 'no perl here';
/** Runs a command to which a signal has come before its first instruction, and waits until it can be delivered. */
const SIGNALLED = 'sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGUSR1)); kill USR1 => $$; exec @ARGV';

inBothEngines(
  'a debugger that a signal opened before the program began is closed before it listens',
  async (world) => {
    const under = ['perl', '-MPOSIX', '-e', SIGNALLED];
    const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, under));
    await gateway.listens();
    assert.deepEqual(listens(gateway), [gateway.port]);
  },
  30_000,
  perl,
);

inBothEngines('a debugger that is asked for is warned of', async (world) => {
  const environment = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };
  const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, [], { environment }));
  await gateway.listens();
  const { level, msg } = await gateway.logged("Node's debugger listens on 127.0.0.1:");
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(msg) as RegExpExecArray;
  assert.equal(level, 'warn');
  assert.deepEqual(new Set(listens(gateway)), new Set([Number(port), gateway.port]));
});

inBothEngines('what Node warns of, in any thread, goes to the log and not to stderr', async (world) => {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-warnings-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const preloaded = join(folder, 'warns.cjs');
  const warns = "process.emitWarning('thread ' + require('node:worker_threads').threadId, 'OnPurpose')";
  writeFileSync(preloaded, `setInterval(() => ${warns}, 100).unref();\n`);
  const environment = { NODE_OPTIONS: `--require ${preloaded}` };
  const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, [], { environment }));
  await gateway.listens();
  gateway.output = '';
  const threads = () => new Set(gateway.records.filter(({ name }) => name === 'OnPurpose').map(({ msg }) => msg));
  // Main, the DNS and the route actor, and two connection actors.
  await until('all have warned', () => threads().size === 5);
  assert.doesNotMatch(gateway.output, /\(node:/);
});

inBothEngines('with nohup it lives on when its terminal hangs up', async (world) => {
  const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, ['nohup']));
  await gateway.listens();
  gateway.child.kill('SIGHUP');
  await gateway.logged('reload: nothing has changed');
});

/** A name server that says nothing, for a command that waits. */
async function waiting(command: readonly string[]) {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = once(server, 'message');
  const env = {
    PATH: process.env['PATH'],
    TCPROUTE_NAMESERVERS: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    TCPROUTE_DNS_PROBE_ENABLED: 'off',
  };
  const child = spawn(command[0], [...command.slice(1), process.execPath, program, 'dns', 'name.test'], { env });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exit = once(child, 'exit');
  await asked;
  return { child, exit, said: () => said, close: () => server.close() };
}

test('a command opens no debugger either, and ends with its terminal', async () => {
  const { child, exit, said, close } = await waiting(['env']);
  child.kill('SIGUSR1');
  child.kill('SIGUSR2');
  child.kill('SIGHUP');
  assert.deepEqual(await exit, [null, 'SIGHUP']);
  assert.equal(said(), '');
  close();
});

const namespaces = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0 ? undefined : 'no namespaces here';
/** Process 1 of a namespace of its own, as in a container. */
const AS_FIRST = ['unshare', '--pid', '--fork', '--kill-child'];
const firstOf = (pid: number | undefined): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

inBothEngines(
  'process 1 of a container can be stopped before it listens',
  async (world) => {
    const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, AS_FIRST));
    await gateway.logged('engine chosen');
    process.kill(firstOf(gateway.child.pid), 'SIGTERM');
    assert.deepEqual(await gateway.exited, { status: 0, signal: null });
    const said = gateway.records.map(({ msg }) => msg);
    assert.ok(said.includes('stopped before it listened') || said.includes('stopped'), said.join());
  },
  30_000,
  namespaces,
);

test('a command that is process 1 can be stopped', { skip: namespaces ?? false }, async () => {
  const { child, exit, close } = await waiting(AS_FIRST);
  process.kill(firstOf(child.pid), 'SIGTERM');
  assert.deepEqual(await exit, [143, null]);
  close();
});

test('with every default action it would have ended: such a signal ends it at once, as shells count it', async () => {
  for (const [signal, status] of [
    ['SIGQUIT', 131],
    ['SIGALRM', 142],
  ] as const) {
    const gateway = await Gateway.start({}, 'epoll');
    gateway.child.kill(signal);
    assert.deepEqual(await gateway.exited, { status, signal: null });
    await until('it is said', () => gateway.records.some(({ msg }) => msg === 'ended at once'));
  }
});
