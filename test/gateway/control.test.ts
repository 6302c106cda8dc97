// Commands to the running gateway by its Unix socket: `tcproute reload` says what came of it, and only the owner may ask.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { program } from '../helpers/gateway.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { echoServer } from '../helpers/servers.js';
import { dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** `tcproute reload`. */
function reload(file: string): Promise<Ran> {
  const env = { PATH: process.env['PATH'] };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, 'reload', '-c', file], { env }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

function ask(socketPath: string, method: string, path: string): Promise<{ status: number | undefined; body: unknown }> {
  return new Promise((resolve, reject) => {
    request({ socketPath, method, path }, (response) => {
      json(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    })
      .once('error', reject)
      .end();
  });
}

inBothEngines('tcproute reload tells what changed, and what is wrong', async (world) => {
  const server = world.use(await echoServer());
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-control-'));
  const control_socket = join(directory, 'control');
  // An empty variable counts as none.
  const environment = { TCPROUTE_ENGINE: '' };
  const { engine } = world;
  const gateway = await ReloadedGateway.start(world, { control_socket, engine }, { directory, environment });
  assert.equal(lstatSync(control_socket).mode & 0o777, 0o600);
  assert.deepEqual(await reload(gateway.file), { status: 0, out: 'nothing has changed\n', err: '' });

  const blocked = { control_socket, rules: [{ port: server.port, block: true }] };
  gateway.write({ ...blocked, engine: engine === 'uring' ? 'epoll' : 'uring' });
  const changed = await reload(gateway.file);
  assert.deepEqual(changed, { status: 0, out: 'changed: rules\nneeds an upgrade or a restart: engine\n', err: '' });
  const { peer, reply } = await dial(gateway.port, server);
  world.use(peer).end();
  assert.equal(reply.rep, 2);

  gateway.write({ control_socket, race: { stagger_ms: 'x' }, workers: -1 });
  const wrong = await reload(gateway.file);
  assert.deepEqual([wrong.status, wrong.out], [1, '']);
  assert.match(wrong.err, /race\.stagger_ms: .*\n.*workers: |workers: .*\n.*race\.stagger_ms: /);

  gateway.write({ control_socket, host: '192.0.2.1', allow_clients: ['192.0.2.0/24'] });
  const refused = await reload(gateway.file);
  assert.equal(refused.status, 1);
  assert.match(refused.err, /^error: .*192\.0\.2\.1.*\nnothing has changed\n$/m);

  gateway.write({});
  assert.match((await reload(gateway.file)).err, /names no control_socket/);
});

inBothEngines('the socket takes no other command, bounds its clients, and goes with the gateway', async (world) => {
  const directory = mkdtempSync(join(tmpdir(), 'tcproute-control-'));
  const control_socket = join(directory, 'control');
  const gateway = await ReloadedGateway.start(world, { control_socket }, { directory });
  for (const [method, path] of [
    ['GET', '/reload'],
    ['POST', '/'],
    ['POST', '/constructor'],
  ] as const) {
    const { status, body } = await ask(control_socket, method, path);
    assert.equal(status, 404);
    assert.deepEqual(body, {
      error: 'no such command: there is POST /reload, POST /upgrade, POST /outlook, POST /budgets',
    });
    const problems = ['it must be asked with {"target": "host:port"}'];
    assert.deepEqual((await ask(control_socket, 'POST', '/outlook')).body, { code: 'refused', problems });
  }
  // Clients above the bound are closed at once; the others would be told that they take too long.
  let closed = 0;
  let dropped = 0;
  const silent = Array.from({ length: 40 }, () =>
    connect(control_socket)
      .resume()
      .on('error', () => {})
      .on('close', function (this: Socket) {
        closed += 1;
        if (this.bytesRead === 0) dropped += 1;
      }),
  );
  await until('the bound holds', () => dropped >= 40 - 16);
  assert.equal(closed, 40 - 16);
  for (const one of silent) one.destroy();
  await until('they are gone', () => closed === 40);
  let status: number | undefined;
  const again = (): void =>
    void ask(control_socket, 'POST', '/reload').then((answer) => (status = answer.status), again);
  again();
  await until('it takes commands again', () => status !== undefined);
  assert.equal(status, 200);
  await gateway.gateway.stop();
  assert.equal(existsSync(control_socket), false);
  gateway.write({ control_socket });
  const nobody = await reload(gateway.file);
  assert.equal(nobody.status, 1);
  const old = 'TCPROUTE_CONTROL_SOCKET=OLD tcproute reload -c FILE';
  const advice = `if its path has changed, reload by SIGHUP, or name the old one: ${old}`;
  assert.equal(
    nobody.err,
    `error: no gateway answers at ${control_socket}: connect ENOENT ${control_socket}; ${advice}\n`,
  );
});
