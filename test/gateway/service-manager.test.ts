// The gateway beneath a service manager: what it tells by sd_notify, and when the watchdog starves.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startGateway } from '../../src/main/gateway/gateway.js';
import { ServiceManager } from '../../src/main/process/service-manager.js';
import { startWatchdog } from '../../src/main/process/watchdog.js';
import { captureLog } from '../helpers/capture-log.js';
import { FAULTY_ENTRIES, goWrong } from '../helpers/faulty-connection.js';
import { Gateway } from '../helpers/gateway.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { inBothEngines } from '../helpers/gateway-world.js';
import { NotifySocket } from '../helpers/notify-socket.js';
import { ReloadedGateway } from '../helpers/reloaded-gateway.js';
import { until } from '../helpers/until.js';

const QUIET = { port: 0, workers: 2, race: { early_probe_interval_s: 0 }, drain_timeout_ms: 1000 };

inBothEngines(
  'it is ready, alive and stopping, in this order, also with a watchdog faster than its rest',
  async (world) => {
    const manager = world.use(new NotifySocket('abstract'));
    const environment = { NOTIFY_SOCKET: manager.address, WATCHDOG_USEC: '400000' };
    const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, [], { environment }));
    await gateway.listens();
    await until('it has been fed for some seconds, at rest', () => manager.count('WATCHDOG=1') > 12);
    gateway.child.kill('SIGTERM');
    await gateway.exited;
    const [ready, ...others] = manager.messages;
    assert.equal(ready, `READY=1\nSTATUS=serving on 127.0.0.1:${gateway.port}`);
    const stopping = others.indexOf(
      'STOPPING=1\nEXTEND_TIMEOUT_USEC=16000000\nSTATUS=connections that are open may finish',
    );
    assert.ok(stopping > 0, others.join('|'));
    others.splice(stopping, 1);
    assert.deepEqual(new Set(others), new Set(['WATCHDOG=1']));
  },
);

inBothEngines('each SIGHUP is a reload that begins, and ends whatever comes of it', async (world) => {
  const manager = world.use(new NotifySocket());
  const gateway = await ReloadedGateway.start(world, {}, { environment: { NOTIFY_SOCKET: manager.address } });
  const now = (): number => Number(process.hrtime.bigint() / 1000n);
  for (const [config, status] of [
    [{ rules: [{ port: 1, block: true }] }, 'reload: the changes are in force'],
    [{ rules: 'x' }, 'reload: the configuration cannot be used, and nothing has changed'],
    [{ cache: { ttl_s: 5 } }, 'reload: the changes are in force'],
  ] as const) {
    const { length } = manager.messages;
    const before = now();
    await gateway.reload(config);
    await until('the end of the reload is told', () => manager.messages.length === length + 2);
    const [begun, ended] = manager.messages.slice(length);
    const [, usec] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)\nSTATUS=reloading$/.exec(begun) ?? assert.fail(begun);
    assert.ok(before <= Number(usec) && Number(usec) <= now(), `${before} ${usec}`);
    assert.equal(ended, `READY=1\nSTATUS=${status}`);
  }
});

test('a start that fails tells why, and was never ready', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  const manager = new NotifySocket();
  const environment = { NOTIFY_SOCKET: manager.address };
  const gateway = Gateway.spawn({ ...QUIET, port }, 'epoll', [], undefined, [], { environment });
  assert.deepEqual(await gateway.exited, { status: 1, signal: null });
  assert.deepEqual(manager.messages, [`STATUS=cannot listen on 127.0.0.1:${port}: the port is in use (EADDRINUSE)`]);
  manager.close();
  taken.close();
});

test('one that is stopped before it listens says only that', async () => {
  const manager = new NotifySocket();
  const environment = { NOTIFY_SOCKET: manager.address };
  const gateway = Gateway.spawn(QUIET, 'epoll', [], undefined, [], { environment });
  await gateway.logged('engine chosen');
  gateway.child.kill('SIGTERM');
  await gateway.exited;
  const [first] = manager.messages;
  assert.match(first, /^(STOPPING=1\n.*\nSTATUS=stopped before it listened|READY=1\n.*)$/s);
  manager.close();
});

inBothEngines('an actor that hangs starves the watchdog, and the log names it', async (world) => {
  const manager = world.use(new NotifySocket());
  const { log, records } = captureLog();
  // Nothing else notices the hanging actor: the supervisor's own checks are an hour apart.
  const tuning = { entries: FAULTY_ENTRIES, check_ms: 3_600_000 };
  const started = await startGateway(gatewayOptions({ engine: world.engine }), log, tuning);
  assert.ok(started.code === 'started');
  const { gateway } = started;
  const told = new ServiceManager({ NOTIFY_SOCKET: manager.address, WATCHDOG_USEC: '2000000' }, log);
  const end = startWatchdog({
    ...{ watchdog_ms: told.watchdog_ms as number, log },
    silent: (timeout_ms) => gateway.silent(timeout_ms),
    feed: () => told.alive(),
  });
  await until('it is fed', () => manager.count('WATCHDOG=1') > 1);
  goWrong(1, 'spin');
  await until('its hanging is noticed', () => records.some(({ msg }) => msg.startsWith('no turn of an actor')));
  const { actors } = records.find(({ msg }) => msg.startsWith('no turn of an actor')) as { actors?: unknown };
  assert.deepEqual(actors, ['connection actor 1']);
  const fed = manager.count('WATCHDOG=1');
  assert.deepEqual(await gateway.silent(2000), ['connection actor 1']);
  assert.equal(manager.count('WATCHDOG=1'), fed);
  end();
  told.close();
  await gateway.close(0);
});

inBothEngines('the variables of the service manager reach no thread, and so no child', async (world) => {
  const manager = world.use(new NotifySocket());
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-variables-'));
  world.use({ close: () => rmSync(folder, { recursive: true }) });
  const preloaded = join(folder, 'says.cjs');
  const says = "process.emitWarning(require('worker_threads').threadId + ' ' + process.env.NOTIFY_SOCKET, 'Said')";
  writeFileSync(preloaded, `setInterval(() => ${says}, 100).unref();\n`);
  const environment = { NOTIFY_SOCKET: manager.address, NODE_OPTIONS: `--require ${preloaded}` };
  const gateway = world.own(Gateway.spawn(QUIET, world.engine, [], undefined, [], { environment }));
  await gateway.listens();
  gateway.records.length = 0;
  const said = () => new Set(gateway.records.filter(({ name }) => name === 'Said').map(({ msg }) => msg));
  // Main, the DNS and the route actor, and two connection actors.
  await until('all have said it', () => said().size === 5);
  for (const words of said()) assert.match(words, /^\d+ undefined$/);
});
