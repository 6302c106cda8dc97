// A reload that changes where the log and the access log go and how they look, and where commands are taken: no line is lost,
// and where one part of it cannot be, nothing changes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reloadBy } from '../../src/main/commands/reload.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';
import { visits } from '../helpers/visits.js';

const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
const NOTHING = { said: [], status: 1 as const };

async function commanded(world: World, config: object = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-reload-log-'));
  const control_socket = join(directory, 'control');
  const gateway = await ReloadedGateway.start(world, { control_socket, ...config }, { directory });
  /** Reloads with another configuration, and returns what changed. */
  const change = async (next: object): Promise<readonly string[]> => {
    gateway.write({ control_socket, ...next });
    const { status, said, complaints } = await reloadBy(control_socket);
    assert.deepEqual([status, complaints], [0, []]);
    return said;
  };
  return { gateway, directory, control_socket, change };
}

inBothEngines(
  'the logs move, change their form, begin and end while clients come, and no line is lost',
  async (world) => {
    const server = world.use(await echoServer());
    const { gateway, directory, change } = await commanded(world);
    const [log, own] = [join(directory, 'x.log'), join(directory, 'access.log')];
    const { records } = gateway.gateway;
    const accessIn = (): number => records.filter(({ msg }) => msg === 'access').length;
    const access = { enabled: 'on' };
    const visit = () => visits(50, gateway.port, server);

    await visit();
    assert.deepEqual(await change({ log: { access } }), ['changed: log.access']);
    await visit();
    await until('all are in the log', () => accessIn() === 50);
    // Moved while connections end: each of them is in one of the two.
    const during = visit();
    const moved = await change({ log: { destination: log, access: { ...access, destination: own, format: 'text' } } });
    assert.deepEqual(moved, ['changed: log.destination', 'changed: log.access']);
    await during;
    await until('each has its line', () => accessIn() + linesOf(own).length === 100);
    assert.ok(linesOf(own).every((line) => /^level=info time=.* msg=access$/.test(line)));
    await until('it is said there', () => linesOf(log).some((line) => line.includes('the changes are in force')));

    const before = linesOf(own).length;
    await change({
      log: { destination: log, format: 'pretty', access: { ...access, destination: own, format: 'json' } },
    });
    await visit();
    await until('they are in the same file', () => linesOf(own).length === before + 50);
    for (const line of linesOf(own).slice(before)) assert.equal((JSON.parse(line) as { msg: string }).msg, 'access');
    await until('it is said in words', () => /INFO: reload: the changes are in force/.test(linesOf(log).at(-1) ?? ''));
    assert.equal(gateway.gateway.fds().filter((fd) => fd === log || fd === own).length, 2);

    await change({});
    await visit();
    await until('the files are closed', () => !gateway.gateway.fds().some((fd) => fd === log || fd === own));
    assert.equal(linesOf(own).length, before + 50);
    assert.equal(accessIn() + before, 100);
    await until('it is said here', () => /^reload: the changes/.test(records.at(-1)?.msg ?? ''));
  },
);

inBothEngines('commands are taken at another place, and the answer still comes at the old one', async (world) => {
  const { gateway, directory, control_socket } = await commanded(world);
  const other = join(directory, 'other');
  // A client that says nothing keeps nothing open.
  const silent = connect(control_socket);
  const ended = new Promise((resolve) => silent.once('close', resolve).on('error', () => {}));
  await new Promise<void>((resolve) => silent.once('connect', () => resolve()));
  gateway.write({ control_socket: other });
  assert.deepEqual((await reloadBy(control_socket)).said, ['changed: control_socket']);
  await ended;
  assert.deepEqual([existsSync(control_socket), existsSync(other)], [false, true]);
  assert.deepEqual((await reloadBy(other)).said, ['nothing has changed']);
  gateway.write({});
  assert.deepEqual((await reloadBy(other)).said, ['changed: control_socket']);
  assert.equal(existsSync(other), false);
});

inBothEngines('where one part of a reload cannot be nothing of it changes', async (world) => {
  const server = world.use(await echoServer());
  const { gateway, directory, control_socket } = await commanded(world);
  const fds = () => gateway.gateway.fds().sort();
  const taken = join(directory, 'taken');
  const stranger = world.use(createServer().listen(taken));
  await new Promise<void>((resolve) => stranger.once('listening', () => resolve()));
  const log = join(directory, 'x.log');
  const rules = [{ port: server.port, block: true }];
  const tried = async (config: object) => {
    const before = fds();
    gateway.write({ rules, log_level: 'error', ...config });
    const { complaints, ...rest } = await reloadBy(control_socket);
    assert.deepEqual([rest, complaints.at(-1)], [NOTHING, 'nothing has changed']);
    const { peer, reply } = await dial(gateway.port, server);
    peer.end();
    await peer.ended();
    assert.equal(reply.rep, 0);
    await until('nothing is left open', () => fds().join() === before.join());
    return complaints[0];
  };
  writeFileSync(log, '');
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const noControl = await tried({ control_socket: taken, log: { destination: log } });
  assert.match(noControl ?? '', /^error: control_socket: cannot listen on .*taken: another process listens there$/);
  const other = join(directory, 'other');
  const noLog = await tried({ control_socket: other, log: { destination: pipe } });
  assert.match(noLog ?? '', /pipe cannot be opened for the log \(ENXIO\)/);
  assert.equal(existsSync(other), false);
  const noAccess = { destination: log, access: { enabled: 'on', destination: pipe } };
  assert.match((await tried({ control_socket, log: noAccess })) ?? '', /pipe cannot be opened/);
  assert.equal(readFileSync(log, 'utf8'), '');
  gateway.write({ control_socket });
  assert.deepEqual((await reloadBy(control_socket)).said, ['nothing has changed']);
});
