// Each signal and each end of the table in README, where signals.test.ts and process.test.ts do not have it: as process 1, while
// the gateway starts, without standard streams, and when its terminal has gone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { test } from 'node:test';
import { Gateway } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { NotifySocket } from '../helpers/notify-socket.js';
import { echoServer, type TestServer } from '../helpers/servers.js';
import { through } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const QUIET = { port: 0, workers: 1, race: { early_probe_interval_s: 0 } };
/** None of them ends it. */
const HARMLESS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const;

const namespaces = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0 ? undefined : 'no namespaces here';
const AS_FIRST = ['unshare', '--pid', '--fork', '--kill-child'];
const firstOf = (pid: number | undefined): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);

/** Whether the process has a handler for a signal. */
function handles(pid: number | undefined, signal: keyof typeof constants.signals): boolean {
  const [, caught] = /^SigCgt:\s+(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) as RegExpExecArray;
  return ((BigInt(`0x${caught}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

async function echoes(port: number, server: TestServer): Promise<void> {
  const client = await through(port, server);
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
  client.close();
}

inBothEngines('SIGPIPE changes nothing', async (world) => {
  const server = world.use(await echoServer());
  const gateway = await world.gateway();
  const client = world.use(await through(gateway.port, server));
  gateway.child.kill('SIGPIPE');
  gateway.child.kill('SIGUSR2');
  await gateway.logged('report: connections');
  client.send('x');
  assert.equal((await client.read(1)).toString(), 'x');
});

inBothEngines('signals that end nothing end nothing while it starts either', async (world) => {
  const gateway = world.own(Gateway.spawn(QUIET, world.engine));
  await until('its first statement has run', () => handles(gateway.child.pid, 'SIGHUP'));
  let sent = 0;
  await until('it listens', () => {
    if (gateway.records.some(({ msg }) => msg.startsWith('listening on '))) return true;
    const begun = gateway.records.some(({ msg }) => msg === 'engine chosen');
    // Once it serves, SIGUSR1 would have another process take over.
    for (const signal of HARMLESS) if (signal !== 'SIGUSR1' || !begun) gateway.child.kill(signal);
    sent += 1;
    return false;
  });
  assert.ok(sent > 0);
  await gateway.listens();
  assert.doesNotMatch(gateway.output, /Debugger/);
});

inBothEngines('under nohup, which ignores SIGHUP, it reloads as anywhere', async (world) => {
  const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, ['nohup']));
  await gateway.listens();
  gateway.child.kill('SIGHUP');
  await gateway.logged('reload: nothing has changed');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} while it starts ends it with 0`, async () => {
    const gateway = Gateway.spawn(QUIET, 'epoll');
    await gateway.logged('engine chosen');
    gateway.child.kill(signal);
    assert.deepEqual(await gateway.exited, { status: 0, signal: null });
    const said = gateway.records.map(({ msg }) => msg);
    assert.ok(said.includes('stopped before it listened') || said.includes('stopped'), said.join());
  });
}

for (const [signal, status] of [
  ['SIGTERM', 0],
  ['SIGINT', 0],
  ['SIGQUIT', 131],
] as const) {
  const behaviour = `as process 1 it outlives what ends nothing, and ${signal} ends it with ${status}`;
  test(behaviour, { skip: namespaces ?? false }, async () => {
    const gateway = Gateway.spawn(QUIET, 'epoll', [], undefined, AS_FIRST);
    await gateway.listens();
    const first = firstOf(gateway.child.pid);
    for (const harmless of HARMLESS) process.kill(first, harmless);
    const { problems } = await gateway.logged('upgrade: no other process takes over');
    assert.match(String(problems), /process 1 of its container/);
    await gateway.logged('report: connections');
    process.kill(first, signal);
    assert.deepEqual(await gateway.exited, { status, signal: null });
  });
}

inBothEngines('without standard input, output and error it serves, and stops with 0', async (world) => {
  const server = world.use(await echoServer());
  const manager = world.use(new NotifySocket());
  const closed = ['sh', '-c', 'exec "$0" "$@" <&- >&- 2>&-'];
  const environment = { NOTIFY_SOCKET: manager.address };
  const gateway = Gateway.spawn(QUIET, world.engine, [], undefined, closed, { environment });
  const ready = await manager.hears(/^READY=1/);
  await echoes(Number(ready.split(':').at(-1)), server);
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

/** Runs a command as the leader of a session with a terminal, which it closes at SIGUSR1; ends as the command does. */
const WITH_TERMINAL = `
import os, pty, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
pid, terminal = pty.fork()
if pid == 0:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    os.execvp(sys.argv[1], sys.argv[1:])
print(pid, file=sys.stderr, flush=True)
signal.sigwait({signal.SIGUSR1})
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

inBothEngines('when its terminal has gone it serves on, and stops with 0', async (world) => {
  const server = world.use(await echoServer());
  const manager = world.use(new NotifySocket());
  const environment = { NOTIFY_SOCKET: manager.address };
  const under = ['python3', '-c', WITH_TERMINAL];
  const gateway = Gateway.spawn(QUIET, world.engine, [], undefined, under, { environment });
  const ready = await manager.hears(/^READY=1/);
  const port = Number(ready.split(':').at(-1));
  await echoes(port, server);
  gateway.child.kill('SIGUSR1');
  const pid = Number(gateway.output);
  const hasTerminal = (): boolean => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[6]) !== 0;
  await until('the terminal has gone', () => !hasTerminal());
  process.kill(pid, 'SIGUSR2'); // a report, which cannot be written
  await echoes(port, server);
  process.kill(pid, 'SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});
