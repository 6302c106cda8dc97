// The log goes to a file, which an operator or Debian's logrotate renames while the gateway writes: no line is lost or torn.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { docLines } from '../helpers/doc-lines.js';
import { Gateway, type LogRecord } from '../helpers/gateway.js';
import { inBothEngines, type World } from '../helpers/gateway-world.js';
import { freePort } from '../helpers/proxies.js';
import { echoServer } from '../helpers/servers.js';
import { until } from '../helpers/until.js';
import { visits } from '../helpers/visits.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-files-'));
after(() => rmSync(directory, { recursive: true }));
const START_MS = 25_000;
const QUIET = { race: { early_probe_interval_s: 0, margin_ms: 1000 } };

const textOf = (path: string): string =>
  path.endsWith('.gz') ? gunzipSync(readFileSync(path)).toString('utf8') : readFileSync(path, 'utf8');

/** The records of all files of a folder; each ends with a line end, and each line is a record. */
function recordsIn(folder: string): LogRecord[] {
  return readdirSync(folder).flatMap((name) => {
    const text = textOf(join(folder, name));
    if (text === '') return [];
    assert.ok(text.endsWith('\n'), name);
    return text
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line) as LogRecord);
  });
}

/** A gateway that logs to the file `x.log` of a folder of its own. */
async function logging(world: World, log: object = {}) {
  const folder = mkdtempSync(join(directory, `${world.engine}-`));
  const path = join(folder, 'x.log');
  const port = await freePort();
  const config = { port, workers: 2, ...QUIET, log: { level: 'debug', destination: path, ...log } };
  const gateway = world.own(Gateway.spawn(config, world.engine));
  await until('it listens', () => existsSync(path) && textOf(path).includes('listening on'), START_MS);
  return { gateway, port, folder, path };
}

async function stop({ child, exited }: Gateway): Promise<void> {
  child.kill('SIGTERM');
  assert.deepEqual(await exited, { status: 0, signal: null });
}

const logrotate = spawnSync('logrotate', ['--version']).status === 0 ? undefined : 'no logrotate here';
const ROTATIONS = 5;

inBothEngines(
  'with the logrotate file of the manual no line is lost or torn while connections end all the time',
  async (world) => {
    const server = world.use(await echoServer());
    const { gateway, port, folder, path } = await logging(world);
    const written = (docLines('operate.md', 'logrotate').get('The log') ?? []).join('\n');
    const conf = join(directory, `${world.engine}.conf`);
    const rotation = written
      .replace('/var/log/tcproute/*.log', join(folder, '*.log'))
      .replace(/systemctl kill .*/, `kill -HUP ${gateway.child.pid}`);
    assert.match(rotation, /kill -HUP \d+\n/);
    writeFileSync(conf, `${rotation}\n`);
    const rotate = async (): Promise<void> => {
      execFileSync('logrotate', ['--force', '--state', join(directory, `${world.engine}.state`), conf]);
      await until('it is opened again', () => !gateway.fds().includes(`${path}.1`) && existsSync(path));
    };
    let visited = 0;
    for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
      await Promise.all([visits(200, port, server), rotate()]);
      visited += 200;
    }
    await stop(gateway);
    const names = readdirSync(folder);
    assert.ok(names.includes('x.log.1') && names.includes(`x.log.${ROTATIONS}.gz`), names.join(' '));
    const records = recordsIn(folder);
    const connections = records.filter(({ msg, target }) => msg === 'connection' && target !== undefined);
    assert.equal(connections.length, visited);
    assert.equal(records.filter(({ msg }) => msg === 'the files of the log were opened again').length, ROTATIONS);
    assert.equal(statSync(path).mode & 0o777, 0o640 & ~process.umask());
    assert.equal(gateway.output, '');
  },
  60_000,
  logrotate,
);

inBothEngines('where the path cannot be opened again the log says so, and goes on in the old file', async (world) => {
  const { gateway, folder, path } = await logging(world, { level: 'info' });
  renameSync(folder, `${folder}-moved`);
  gateway.child.kill('SIGHUP');
  const old = join(`${folder}-moved`, 'x.log');
  await until('it is said', () => textOf(old).includes('it is still written to the file that was open'));
  await stop(gateway);
  const records = recordsIn(`${folder}-moved`);
  assert.equal(records.at(-1)?.msg, 'stopped');
  assert.ok(!records.some(({ msg }) => msg === 'the files of the log were opened again'));
  assert.match(records.find(({ level }) => level === 'error')?.msg ?? '', new RegExp(`^${path} .*ENOENT`));
});

inBothEngines('what is no file or cannot be written is a mistake at the start, with its path', async (world) => {
  const path = join(directory, `${world.engine}.pipe`);
  execFileSync('mkfifo', [path]);
  const gateway = world.own(Gateway.spawn({ port: 0, log: { destination: path } }, world.engine));
  assert.deepEqual(await gateway.exited, { status: 1, signal: null });
  assert.equal(
    gateway.output,
    `error: ${path} cannot be opened for the log (ENXIO): it is a socket, or a pipe that nobody reads\n`,
  );
});

inBothEngines('what ends a start is said on standard error, too, where the log is a file', async (world) => {
  const path = join(mkdtempSync(join(directory, `${world.engine}-`)), 'x.log');
  const { port } = world.use(await echoServer());
  const gateway = world.own(Gateway.spawn({ port, ...QUIET, workers: 1, log: { destination: path } }, world.engine));
  assert.deepEqual(await gateway.exited, { status: 1, signal: null });
  const fatal = recordsIn(join(path, '..')).find(({ level }) => level === 'fatal')?.msg;
  assert.match(fatal ?? '', new RegExp(`:${port}\\b`));
  assert.equal(gateway.output, `error: ${fatal}\n`);
});

inBothEngines('standard error and words are had by two keys, and standard output stays empty', async (world) => {
  const port = await freePort();
  const config = { port, ...QUIET, workers: 1, log: { destination: 'stderr', format: 'pretty' } };
  const gateway = world.own(Gateway.spawn(config, world.engine));
  await until('it listens', () => gateway.output.includes('listening on'), START_MS);
  assert.match(gateway.output, /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] INFO: listening on 127\.0\.0\.1:\d+ \{/m);
  gateway.child.kill('SIGHUP');
  await until('it is heard', () => gateway.output.includes('reload: nothing has changed'));
  await stop(gateway);
});
