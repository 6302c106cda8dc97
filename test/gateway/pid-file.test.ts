// The file of the process's number as those see it who send signals by it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Gateway, program } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { withoutNamespaces } from '../helpers/namespace.js';

const QUIET = { port: 0, workers: 1, race: { early_probe_interval_s: 0 } };

function madeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'tcproute-pid-'));
}

inBothEngines('it stands there while the gateway serves, and signals find the process by it', async (world) => {
  const folder = madeFolder();
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const pid_file = join(folder, 'pid');
  for (const [signal, status] of [
    ['SIGTERM', 0],
    ['SIGQUIT', 131],
  ] as const) {
    writeFileSync(pid_file, '1\n');
    const gateway = Gateway.spawn({ ...QUIET, pid_file }, world.engine);
    await gateway.listens();
    const number = readFileSync(pid_file, 'utf8');
    assert.equal(number, `${gateway.child.pid}\n`);
    process.kill(Number(number), signal);
    assert.deepEqual(await gateway.exited, { status, signal: null });
    assert.deepEqual(readdirSync(folder), [], signal);
  }
});

inBothEngines('one that fails in its main thread removes it, too', async (world) => {
  const folder = madeFolder();
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const helper = new URL('../helpers/gateway-process.js', import.meta.url).pathname;
  const pid_file = join(folder, 'pid');
  const ran = spawnSync(process.execPath, [helper, JSON.stringify({ pid_file, engine: world.engine }), 'throw'], {
    ...{ input: 'x', encoding: 'utf8', timeout: 25_000 },
  });
  assert.equal(ran.status, 1, ran.stdout);
  assert.deepEqual(readdirSync(folder), []);
});

test('a start that fails, or is stopped, leaves nothing, and the number of another one as it is', async () => {
  const folder = madeFolder();
  const pid_file = join(folder, 'pid');
  writeFileSync(pid_file, '1\n');
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const failing = Gateway.spawn({ ...QUIET, port, pid_file }, 'epoll');
  assert.equal((await failing.exited).status, 1);
  assert.deepEqual([readdirSync(folder), readFileSync(pid_file, 'utf8')], [['pid'], '1\n']);
  taken.close();

  const stopped = Gateway.spawn({ ...QUIET, pid_file }, 'epoll');
  await stopped.logged('engine chosen');
  stopped.child.kill('SIGTERM');
  assert.equal((await stopped.exited).status, 0);
  // One that had just begun to serve has removed its own.
  const [left] = readdirSync(folder);
  assert.ok(left === undefined || (left === 'pid' && readFileSync(pid_file, 'utf8') === '1\n'), left);
  rmSync(folder, { recursive: true });
});

test('where it cannot be written, a start fails and a check warns', { skip: withoutNamespaces() ?? false }, () => {
  const folder = madeFolder();
  const [fixed, file] = [mkdtempSync(join(folder, 'fixed-')), join(folder, 'c.json')];
  const pid_file = join(fixed, 'pid');
  writeFileSync(file, JSON.stringify({ ...QUIET, pid_file }));
  // Root may write to any folder, but not to a file system that is read-only.
  const mount = `mount -t tmpfs none ${fixed}; mount -o remount,ro ${fixed}; exec "$0" "$@"`;
  const run = (...args: readonly string[]) =>
    spawnSync('unshare', ['--map-root-user', '--mount', 'sh', '-ec', mount, process.execPath, program, ...args], {
      ...{ encoding: 'utf8', env: { PATH: process.env['PATH'] }, timeout: 20_000 },
    });
  const why = `pid_file ${pid_file} cannot be written: EROFS`;
  const started = run('-c', file);
  assert.deepEqual([started.status, JSON.parse(started.stdout.trim().split('\n').at(-1) ?? '').msg], [1, why]);
  const checked = run('check', '-c', file);
  assert.deepEqual([checked.status, checked.stderr], [0, `warning: ${why}: a start would fail\n`]);
  rmSync(folder, { recursive: true });
});
