import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { ServiceManager } from '../../../src/main/process/service-manager.js';
import { captureLog } from '../../helpers/capture-log.js';
import { nothingLeft } from '../../helpers/nothing-left.js';
import { NotifySocket } from '../../helpers/notify-socket.js';
import { until } from '../../helpers/until.js';

for (const kind of ['path', 'abstract'] as const) {
  test(`each message is one datagram, in order, to an address of kind ${kind}`, () => {
    const socket = new NotifySocket(kind);
    const { log, records } = captureLog();
    const environment = { NOTIFY_SOCKET: socket.address, OTHER: 'stays' };
    const manager = new ServiceManager(environment, log);
    assert.deepEqual(environment, { OTHER: 'stays' });
    const before = process.hrtime.bigint() / 1000n;
    manager.reloading();
    manager.serving('serving on 127.0.0.1:7070\nREADY=0');
    manager.alive();
    manager.stopping('over', 30_000);
    const [reloading, ...others] = socket.messages;
    const [, usec] = /^RELOADING=1\nMONOTONIC_USEC=(\d+)\nSTATUS=reloading$/.exec(reloading) as RegExpExecArray;
    const now = process.hrtime.bigint() / 1000n;
    assert.ok(before <= BigInt(usec) && BigInt(usec) <= now, usec);
    assert.deepEqual(others, [
      'READY=1\nSTATUS=serving on 127.0.0.1:7070\\x0aREADY=0',
      'WATCHDOG=1',
      'STOPPING=1\nEXTEND_TIMEOUT_USEC=45000000\nSTATUS=over',
    ]);
    assert.deepEqual(records, []);
    manager.close();
    socket.close();
  });
}

test('the next process gets what it needs to be heard, and from then on this one is silent', () => {
  const socket = new NotifySocket();
  const { log, records } = captureLog();
  const environment = { NOTIFY_SOCKET: socket.address, WATCHDOG_USEC: '2500000', WATCHDOG_PID: String(process.pid) };
  const manager = new ServiceManager(environment, log);
  assert.deepEqual(environment, {});
  assert.deepEqual(manager.variables, { NOTIFY_SOCKET: socket.address, WATCHDOG_USEC: '2500000' });
  assert.equal(manager.tells, true);
  manager.giveOver(4711);
  manager.alive();
  manager.stopping('over', 0);
  assert.deepEqual(socket.messages, ['MAINPID=4711\nREADY=1\nSTATUS=process 4711 serves']);
  const unheard = new ServiceManager({}, log);
  assert.deepEqual([unheard.variables, unheard.tells], [{}, false]);
  assert.deepEqual(records, []);
  for (const one of [manager, unheard]) one.close();
  socket.close();
});

test('messages that the manager does not read wait in order, up to a bound, and nothing waits for them', async () => {
  const socket = new NotifySocket();
  const { log, records } = captureLog();
  const manager = new ServiceManager({ NOTIFY_SOCKET: socket.address }, log);
  let told = 0;
  // The kernel holds some (net.unix.max_dgram_qlen), and the rest waits here.
  while (records.length === 0 && told < 100_000) manager.status(`${told++}`);
  assert.equal(records[0].level, 'warn');
  assert.equal(records[0]['why'], 'it does not read its messages');
  manager.alive(); // left out
  const kept = told - 1;
  await until('all that was kept is read', () => socket.messages.length === kept);
  assert.deepEqual(
    socket.messages,
    Array.from({ length: kept }, (_, number) => `STATUS=${number}`),
  );
  manager.alive();
  assert.equal(socket.messages.at(-1), 'WATCHDOG=1');
  assert.equal(records.length, 1);
  manager.close();
  socket.close();
  await nothingLeft(/Timeout/);
});

test('without NOTIFY_SOCKET nothing is told, and the watchdog is off', () => {
  const { log, records } = captureLog();
  for (const NOTIFY_SOCKET of [undefined, '']) {
    const manager = new ServiceManager({ NOTIFY_SOCKET, WATCHDOG_USEC: '1000000' }, log);
    assert.equal(manager.watchdog_ms, undefined);
    manager.serving('x');
  }
  assert.deepEqual(records, []);
});

test('an address that cannot be one is said in one sentence, with what is allowed', () => {
  for (const socket of ['relative', 'vsock:2:1234', '@', '/', `/${'x'.repeat(107)}`]) {
    const { log, records } = captureLog();
    const manager = new ServiceManager({ NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000' }, log);
    manager.serving('x');
    assert.deepEqual(
      records.map(({ level, msg }) => [level, msg]),
      [
        [
          'warn',
          `NOTIFY_SOCKET is "${socket}", allowed: an absolute path or @ and a name, of at most 107 bytes; the service manager is told nothing`,
        ],
      ],
    );
    assert.equal(manager.watchdog_ms, undefined);
  }
});

test('a manager that has gone is said once', () => {
  const socket = new NotifySocket();
  socket.close();
  assert.equal(existsSync(socket.address), false);
  const { log, records } = captureLog();
  const manager = new ServiceManager({ NOTIFY_SOCKET: socket.address }, log);
  manager.serving('x');
  manager.alive();
  assert.deepEqual(
    records.map(({ why }) => why),
    ['ENOENT'],
  );
});

test('the watchdog is for the process that WATCHDOG_PID names, and its time is a whole number above 0', () => {
  const { log } = captureLog();
  const watchdog = (variables: object): number | undefined =>
    new ServiceManager({ NOTIFY_SOCKET: '@nobody', ...variables }, log).watchdog_ms;
  assert.equal(watchdog({ WATCHDOG_USEC: '30000000' }), 30_000);
  assert.equal(watchdog({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) }), 30_000);
  assert.equal(watchdog({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }), undefined);
  for (const WATCHDOG_USEC of ['0', '-1', '1.5', 'soon', '']) assert.equal(watchdog({ WATCHDOG_USEC }), undefined);
});
