// What docs/clients.md says of Docker. A daemon that runs containers needs more of the machine than a test may take, so that it only
// checks its file here; of `docker build` it is shown that the gateway reaches the steps of the build, by a daemon that is a stub.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { docLines } from '../helpers/doc-lines.js';
import { missing } from '../helpers/proxies.js';

const run = promisify(execFile);
const GATEWAY = 'http://127.0.0.1:7070';
/** A version of its interface that clients of many years speak. */
const API_VERSION = '1.41';
let folder = '';

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const daemonFile = (): string => (docLines('clients.md', 'json').get('The Docker daemon') ?? []).join('\n');

test('the file of the Docker daemon names the gateway for both kinds of URLs', () => {
  assert.deepEqual(JSON.parse(daemonFile()), { proxies: { 'http-proxy': GATEWAY, 'https-proxy': GATEWAY } });
});

test('the Docker daemon finds its file to be right', { skip: missing('dockerd') ?? false }, async () => {
  const file = join(folder, 'daemon.json');
  const validate = () =>
    run('dockerd', ['--validate', '--userland-proxy=false', '--config-file', file], { timeout: 30_000 });
  writeFileSync(file, daemonFile());
  await validate();
  writeFileSync(file, daemonFile().replace('http-proxy', 'proxy'));
  await assert.rejects(validate(), 'it would find a mistake');
});

test('docker build gives the gateway to the steps of a build', { skip: missing('docker') ?? false }, async () => {
  const builds: URLSearchParams[] = [];
  const daemon = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    response.setHeader('api-version', API_VERSION);
    response.setHeader('ostype', 'linux');
    if (pathname.endsWith('/build')) builds.push(searchParams);
    request.resume().on('end', () => response.end(pathname.endsWith('/build') ? '{"stream":"built\\n"}\n' : '{}'));
  });
  const path = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => daemon.listen(path, resolve));
  try {
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
    const [line] = docLines('clients.md').get('docker build') ?? assert.fail('no line');
    // Without BuildKit, what a build is given is sent in plain words.
    const env = { PATH: process.env['PATH'], HOME: folder, DOCKER_HOST: `unix://${path}`, DOCKER_BUILDKIT: '0' };
    await run('sh', ['-c', line], { cwd: folder, env, timeout: 30_000 });
  } finally {
    daemon.closeAllConnections();
    await new Promise((resolve) => daemon.close(resolve));
  }
  const [build, ...others] = builds;
  assert.equal(others.length, 0);
  assert.equal(build.get('networkmode'), 'host');
  assert.deepEqual(JSON.parse(build.get('buildargs') ?? ''), { http_proxy: GATEWAY, https_proxy: GATEWAY });
});
