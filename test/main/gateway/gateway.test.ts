import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import { type ListenOptions, loopbackListener } from '../../../src/protocol/listen-options.js';
import type { Options } from '../../../src/protocol/options.js';
import { captureLog, type Record } from '../../helpers/capture-log.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';
import { EchoClient, startEcho } from '../../helpers/socks-echo.js';
import { until } from '../../helpers/until.js';

const PROCESS = fileURLToPath(new URL('../../helpers/gateway-process.js', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  readonly records: Record[];
  readonly exit: Promise<unknown[]>;
}

/** `mistake` is made once something comes on its standard input. */
function start(options: Partial<Options>, mistake?: string): Child {
  const argv = [PROCESS, JSON.stringify(options), ...(mistake === undefined ? [] : [mistake])];
  const child = spawn(process.execPath, argv, {
    stdio: [mistake === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
  });
  assert.ok(child.stdout !== null);
  const records: Record[] = [];
  createInterface(child.stdout).on('line', (line) => records.push(JSON.parse(line) as Record));
  return { process: child, records, exit: once(child, 'exit') };
}

async function listening(child: Child): Promise<number> {
  const says = (): Record | undefined => child.records.find(({ msg }) => msg.startsWith('listening on 127.0.0.1:'));
  await until('it listens', () => says() !== undefined, 20_000);
  return Number(says()?.msg.split(':').at(-1));
}

for (const engine of ['uring', 'epoll'] as const) {
  test(`${engine}: after a signal, connections go on until they end, new ones are refused, and it exits with 0`, async () => {
    const echo = await startEcho();
    const child = start({ engine });
    const port = await listening(child);
    assert.ok(child.records.some((record) => record.msg === 'engine chosen' && record['engine'] === engine));
    const client = await EchoClient.open(port, echo.port);
    child.process.kill('SIGTERM');
    await until('it stops', () => child.records.some(({ msg }) => msg.startsWith('stopping')));
    await client.echo('still here');
    await assert.rejects(EchoClient.open(port, echo.port), /ECONNREFUSED|ECONNRESET/);
    await client.echo('and here');
    await client.close();
    assert.deepEqual(await child.exit, [0, null]);
    await echo.close();
  });

  test(`${engine}: a connection that does not end is ended at drain_timeout_ms`, async () => {
    const echo = await startEcho();
    const child = start({ engine, drain_timeout_ms: 300 });
    const client = await EchoClient.open(await listening(child), echo.port);
    child.process.kill('SIGINT');
    await client.ended;
    assert.deepEqual(await child.exit, [0, null]);
    await echo.close();
  });
}

test('a second signal ends it at once, and not with 0', async () => {
  const echo = await startEcho();
  const child = start({ drain_timeout_ms: 60_000 });
  const client = await EchoClient.open(await listening(child), echo.port);
  child.process.kill('SIGTERM');
  await until('it stops', () => child.records.some(({ msg }) => msg.startsWith('stopping')));
  child.process.kill('SIGINT');
  assert.deepEqual(await child.exit, [130, null]);
  await client.ended;
  await echo.close();
});

for (const engine of ['uring', 'epoll'] as const) {
  for (const mistake of ['throw', 'reject']) {
    test(`${engine}: a mistake in the main thread (${mistake}) resets what is open, and is logged`, async () => {
      const echo = await startEcho();
      const child = start({ engine }, mistake);
      const client = await EchoClient.open(await listening(child), echo.port);
      child.process.stdin?.write('now');
      assert.deepEqual(await child.exit, [1, null]);
      assert.equal(await client.ended, 'ECONNRESET');
      await until('it is logged', () => child.records.some(({ level }) => level === 'fatal'));
      const { msg, cut, err } = child.records.at(-1) as Record;
      assert.deepEqual([msg, cut], ['the gateway itself failed', 1]);
      assert.match((err as { stack: string }).stack, /^Error: on purpose\n +at /);
      await echo.close();
    });
  }
}

test('a port in use is said in one line, and nothing is left', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const child = start({ listen: [loopbackListener(port)], log_level: 'warn' });
  assert.deepEqual(await child.exit, [1, null]);
  assert.deepEqual(
    child.records.map(({ level, msg }) => [level, msg]),
    [['fatal', `cannot listen on 127.0.0.1:${port}: the port is in use (EADDRINUSE)`]],
  );
  server.close();
});

test('connections_max is never exceeded, and whoever waits is served when one ends', async () => {
  const echo = await startEcho();
  const { log } = captureLog();
  const defaults = gatewayOptions();
  const started = await startGateway({ ...defaults, limits: { ...defaults.limits, connections_max: 3 } }, log);
  assert.ok(started.code === 'started');
  const { gateway } = started;
  const clients = await Promise.all([1, 2, 3].map(() => EchoClient.open(gateway.address.port, echo.port)));
  let served = false;
  const fourth = EchoClient.open(gateway.address.port, echo.port).then((client) => {
    served = true;
    return client;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(served, false);
  assert.equal(gateway.stats().opened, 3);
  await clients[0].close();
  await (await fourth).echo('at last');
  await gateway.close(0);
  await echo.close();
});

const listenAt = (host: string, port: number): ListenOptions => ({
  ...loopbackListener(0),
  place: { kind: 'internet', host, port },
});

test('an IPv6 address is listened on too, and stats count', async () => {
  const { log } = captureLog();
  const started = await startGateway(gatewayOptions({ listen: [listenAt('::1', 0)] }), log);
  assert.ok(started.code === 'started');
  assert.equal(started.gateway.address.host, '::1');
  const socket = connect(started.gateway.address.port, '::1');
  socket.write(Uint8Array.from([6, 1]));
  socket.resume();
  await once(socket, 'close');
  await until('it is counted', () => started.gateway.stats().badHandshakes === 1);
  await started.gateway.close(0);
});

test('an address that this machine does not have is said', async () => {
  const { log } = captureLog();
  const before = readdirSync('/proc/self/fd').length;
  const started = await startGateway(gatewayOptions({ listen: [listenAt('192.0.2.1', 7070)] }), log);
  assert.deepEqual(started, {
    code: 'failed',
    message: 'cannot listen on 192.0.2.1:7070: this machine does not have that address (EADDRNOTAVAIL)',
  });
  await until('all fds are closed', () => readdirSync('/proc/self/fd').length <= before);
});
