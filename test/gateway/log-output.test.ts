// Where the log goes may stand still, be full or go away: the gateway serves on, and it can be stopped.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Gateway, type LogRecord } from '../helpers/gateway.js';
import { inBothEngines, World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer } from '../helpers/servers.js';
import { Peer } from '../helpers/socks-peer.js';
import { until } from '../helpers/until.js';
import { visits } from '../helpers/visits.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-log-'));
after(() => rmSync(directory, { recursive: true }));
/** A start takes at most two seconds of CPU time, but the machine may be busy with ten other things. */
const START_MS = 25_000;
/** Between two looks whether it listens: each is a connection. */
const PACE_MS = 25;
const QUIET = { race: { early_probe_interval_s: 0, margin_ms: 1000 } };

/** A pipe whose reader is the test. Its writing end is not non-blocking. */
class Pipe {
  readonly #path = join(directory, `pipe-${Math.random()}`);
  readonly #reader: number;
  readonly writer: number;

  constructor() {
    execFileSync('mkfifo', [this.#path]);
    this.#reader = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.writer = openSync(this.#path, constants.O_WRONLY);
  }

  read(): string {
    const chunk = Buffer.alloc(1 << 20);
    let text = '';
    try {
      for (let size = readSync(this.#reader, chunk); size > 0; size = readSync(this.#reader, chunk))
        text += chunk.toString('utf8', 0, size);
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
    }
    return text;
  }

  close(): void {
    for (const fd of [this.#reader, this.writer]) closeSync(fd);
  }
}

/** Waits until it listens, without its log. */
async function serves(port: number): Promise<void> {
  const connected = () =>
    Peer.connect(port).then(
      (peer) => {
        peer.close();
        return true;
      },
      () => false,
    );
  for (const begun = performance.now(); !(await connected()); await pause(PACE_MS)) {
    assert.ok(performance.now() - begun < START_MS, 'it does not listen');
  }
}

/** A gateway that logs to `stdout`, with its port. */
async function loggingTo(world: World, stdout: number, config: object = {}, under: readonly string[] = []) {
  const port = await freePort();
  const gateway = world.own(
    Gateway.spawn({ port, workers: 2, ...QUIET, ...config }, world.engine, [], undefined, under, { stdout }),
  );
  await serves(port);
  return { gateway, port };
}

const recordsIn = (text: string): LogRecord[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogRecord);

inBothEngines('with a log that nobody reads it serves on, and stops when it is told to', async (world) => {
  const server = world.use(await echoServer());
  const pipe = world.use(new Pipe());
  const { gateway, port } = await loggingTo(world, pipe.writer, { log_level: 'debug' });
  await visits(600, port, server);
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  // What is left is what a pipe holds: 64 KiB, of which the last line may be torn.
  recordsIn(pipe.read().replace(/[^\n]*$/, ''));
});

test('once a log is read again it goes on, and says what is missing', async () => {
  const world = new World('epoll');
  const server = world.use(await echoServer());
  const pipe = world.use(new Pipe());
  const { gateway, port } = await loggingTo(world, pipe.writer, { log_level: 'debug' });
  await visits(3500, port, server);
  let text = '';
  const records = (): LogRecord[] => recordsIn(text.replace(/[^\n]*$/, ''));
  const dropped = () => records().find(({ msg }) => msg.includes('dropped'));
  await until('it is said', () => {
    text += pipe.read();
    return text.includes('dropped');
  });
  await visits(50, port, server);
  gateway.child.kill('SIGUSR2');
  await until('it goes on', () => {
    text += pipe.read();
    return text.includes('report: DNS"');
  });
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  text += pipe.read();
  const missing = Number(dropped()?.['dropped']);
  const connections = records().filter(({ msg }) => msg === 'connection').length;
  const report = records().find(({ msg }) => msg === 'report: connections');
  assert.equal(report?.['logsDropped'], missing);
  // Of those that only looked whether it listens, some may be among the dropped.
  assert.ok(missing > 0 && connections + missing >= 3550, `${connections} and ${missing}`);
  await world.end();
});

inBothEngines('a full disk neither keeps it from starting nor ends it', async (world) => {
  const server = world.use(await echoServer());
  const full = openSync('/dev/full', 'w');
  world.use({ close: () => closeSync(full) });
  const { gateway, port } = await loggingTo(world, full, { log_level: 'debug' });
  await visits(100, port, server);
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

const prlimit = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'no prlimit here';

inBothEngines(
  'a file that may not grow ends nothing, and no line of it is torn when it may grow again',
  async (world) => {
    const server = world.use(await echoServer());
    const path = join(directory, `${world.engine}.log`);
    const file = openSync(path, 'w');
    world.use({ close: () => closeSync(file) });
    const limit = ['prlimit', '--fsize=5000:unlimited'];
    const { gateway, port } = await loggingTo(world, file, { log_level: 'debug' }, limit);
    await visits(50, port, server);
    await until('the file is full', () => readFileSync(path).length === 5000);
    execFileSync('prlimit', ['--pid', String(gateway.child.pid), '--fsize=unlimited']);
    await until('all is written', () => readFileSync(path, 'utf8').split('"connection"').length > 50);
    recordsIn(readFileSync(path, 'utf8'));
    gateway.child.kill('SIGTERM');
    assert.deepEqual(await gateway.exited, { status: 0, signal: null });
  },
  30_000,
  prlimit,
);

inBothEngines('a reader that has gone ends nothing', async (world) => {
  const server = world.use(await echoServer());
  const pipe = new Pipe();
  const { gateway, port } = await loggingTo(world, pipe.writer, { log_level: 'debug' });
  pipe.close();
  await visits(50, port, server);
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.exited, { status: 0, signal: null });
});

const script = spawnSync('script', ['--version']).status === 0 ? undefined : 'no script(1) here';
const XOFF = '\x13';

inBothEngines(
  'a terminal that was stopped by Ctrl-S stops neither the gateway nor its end',
  async (world) => {
    const server = world.use(await echoServer());
    const port = await freePort();
    // script(1) gives it a terminal, and passes on what is typed.
    const env = { ...process.env, NO_COLOR: '1', TCPROUTE_ENGINE: world.engine, TCPROUTE_DNS_PROBE_ENABLED: 'off' };
    const command = `exec ${process.execPath} ${join(process.cwd(), 'bin/tcproute.js')} --port ${port} --log-level debug`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { cwd: directory, env });
    world.use({ close: () => terminal.kill('SIGKILL') });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
    });
    await until('it listens', () => shown.includes('listening'), START_MS);
    assert.match(shown, /INFO.*listening on 127\.0\.0\.1:\d+ \{"lines":/);
    terminal.stdin.write(XOFF);
    await visits(100, port, server);
    const pid = readFileSync(`/proc/${terminal.pid}/task/${terminal.pid}/children`, 'utf8').trim().split(' ')[0];
    const ended = new Promise((resolve) => terminal.once('close', resolve));
    process.kill(Number(pid), 'SIGTERM');
    assert.equal(await ended, 0);
  },
  30_000,
  script,
);
