// The files for systemd are valid, tight, and let both engines work. What runs is the files' own text.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Gateway, program, root } from '../helpers/gateway.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { echoServer } from '../helpers/servers.js';
import { dial, through } from '../helpers/socks-client.js';
import { underFilterOf } from '../helpers/syscall-filter.js';

const FOLDER = join(root, 'contrib/systemd');
const unit = readFileSync(join(FOLDER, 'tcproute.service'), 'utf8');

const asked = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
const version = Number(/^systemd (\d+)/.exec(asked.stdout ?? '')?.[1] ?? 0);
const tools = version >= 250 ? undefined : 'no systemd-analyze here, or an old one';
/** It knows Type=notify-reload. */
const isNew = version >= 253;

/** The units in a folder of their own, with a program that is there. */
function installed(context: TestContext, dropIns: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-units-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const start = `ExecStart=${process.execPath} ${program} `;
  assert.match(unit, /^ExecStart=tcproute /m);
  writeFileSync(join(folder, 'tcproute.service'), unit.replace(/^ExecStart=tcproute /m, start));
  cpSync(join(FOLDER, 'tcproute.socket'), join(folder, 'tcproute.socket'));
  const all = isNew ? dropIns : [...dropIns, 'before-253.conf'];
  for (const name of all) {
    cpSync(join(FOLDER, 'tcproute.service.d', name), join(folder, 'tcproute.service.d', name), { recursive: true });
  }
  return folder;
}

function analyse(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  const known = /^.*: Failed to parse service type, ignoring: notify-reload\n/;
  return { status, stdout, stderr: isNew ? stderr : stderr.replace(known, '') };
}

for (const dropIns of [[], ['privileges.conf']]) {
  test(`the units are valid, with ${dropIns.join() || 'no drop-in'}`, { skip: tools ?? false }, (context) => {
    const folder = installed(context, dropIns);
    const files = ['tcproute.service', 'tcproute.socket'].map((name) => join(folder, name));
    const { status, stderr } = analyse('verify', ...files);
    assert.deepEqual([status, stderr], [0, '']);
  });

  const most = dropIns.length === 0 ? 15 : 20;
  test(`systemd finds an exposure of at most ${most / 10} of 10, with ${dropIns.join() || 'no drop-in'}`, {
    skip: tools ?? false,
  }, (context) => {
    const file = join(installed(context, dropIns), 'tcproute.service');
    const { status, stdout } = analyse('security', '--offline=true', `--threshold=${most}`, file);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /Overall exposure level for tcproute\.service: \d/);
  });
}

const seccomp = spawnSync('python3', ['-c', "import ctypes; ctypes.CDLL('libseccomp.so.2')"]).status === 0;
const trial = tools ?? (seccomp ? undefined : 'no python3 with libseccomp here');

test('the trial of the filter kills what the unit denies', { skip: trial ?? false }, () => {
  const [command, ...under] = underFilterOf(unit);
  assert.equal(spawnSync(command, [...under, 'true']).status, 0);
  assert.equal(spawnSync(command, [...under, 'chroot', '/', 'true']).signal, 'SIGSYS');
  const packets = 'import socket; socket.socket(socket.AF_PACKET)';
  assert.equal(spawnSync(command, [...under, 'python3', '-c', packets]).signal, 'SIGSYS');
});

inBothEngines(
  'under the system call filter of the unit it starts with this engine, carries, resolves, splices, reports and stops',
  async (world) => {
    const server = world.use(await echoServer());
    const folder = mkdtempSync(join(tmpdir(), 'tcproute-filtered-'));
    world.use({ close: () => rmSync(folder, { recursive: true }) });
    const config = {
      ...{ listen: [{ port: 0 }, { unix: join(folder, 'socket') }], workers: 2, engine: world.engine },
      ...{ race: { early_probe_interval_s: 0 } },
      ...{ cache: { state_file: join(folder, 'routes') }, dns: { state_file: join(folder, 'names') } },
      // One asks libuv's threads, the other sockets.
      nameservers: ['system', '127.0.0.1:9'],
    };
    const gateway = world.own(Gateway.spawn(config, world.engine, [], undefined, underFilterOf(unit)));
    await gateway.logged('engine chosen');
    assert.equal(gateway.records.find(({ msg }) => msg === 'engine chosen')?.['engine'], world.engine);
    const { msg } = await gateway.logged('listening on');
    const port = Number(/^listening on 127\.0\.0\.1:(\d+)/.exec(msg)?.[1]);
    const client = await through(port, server);
    const bulk = Buffer.alloc(4 * 1024 * 1024, 'x');
    client.send(bulk);
    assert.ok((await client.read(bulk.length)).equals(bulk));
    client.close();
    (await dial(port, { host: 'localhost', port: server.port })).peer.close();
    (await dial(port, { host: 'nowhere.invalid', port: 1 })).peer.close();
    gateway.child.kill('SIGUSR2');
    await gateway.logged('report: connections');
    gateway.child.kill('SIGTERM');
    assert.deepEqual(await gateway.exited, { status: 0, signal: null }, gateway.output);
    assert.ok(existsSync(join(folder, 'routes')));
  },
  60_000,
  trial,
);

test('the socket unit is for the listener of a gateway without a configuration', () => {
  const socket = readFileSync(join(FOLDER, 'tcproute.socket'), 'utf8');
  const [, host, port] = /^ListenStream=(.*):(\d+)$/m.exec(socket) as RegExpExecArray;
  const { place } = gatewayOptions().listen[0];
  assert.ok(place.kind === 'internet');
  assert.equal(host, place.host);
  assert.equal(Number(port), 7070);
});

test('the kernel knows each setting of the sysctl file, or the file allows that it does not', () => {
  const lines = readFileSync(join(FOLDER, '90-tcproute.conf'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  assert.ok(lines.length >= 5);
  for (const line of lines) {
    const [, optional, key] = /^(-?)([a-z0-9._-]+) = [\d ]+$/.exec(line) as RegExpExecArray;
    assert.ok(optional === '-' || existsSync(`/proc/sys/${key.replaceAll('.', '/')}`), line);
  }
});
