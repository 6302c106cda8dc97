import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { type LogRecord, RemoteLog, receiveLogs } from '../../src/threads/log.js';
import { until } from '../helpers/until.js';

test('records arrive with their fields, those below the level do not', async () => {
  const { port1, port2 } = new MessageChannel();
  const log = new RemoteLog(port2, 'info', () => {});
  const records: LogRecord[] = [];
  receiveLogs(port1, (record) => records.push(record));
  log.write('debug', {}, 'not this');
  log.write('info', { line: 'direct' }, 'this');
  log.write('error', {}, 'and this');
  await until('both have arrived', () => records.length === 2);
  assert.deepEqual(records[0], { level: 'info', fields: { line: 'direct' }, message: 'this' });
  assert.equal(records[1].message, 'and this');
  assert.deepEqual([log.enabled('debug'), log.enabled('info')], [false, true]);
  log.close();
});

test('while main is behind by a thousand, records are dropped and counted, then they go on', async () => {
  const { port1, port2 } = new MessageChannel();
  let dropped = 0;
  const log = new RemoteLog(port2, 'info', () => {
    dropped += 1;
  });
  for (let i = 0; i < 1500; i += 1) log.write('info', { i }, 'x');
  assert.equal(dropped, 500);
  let received = 0;
  const said: LogRecord[] = [];
  receiveLogs(port1, (record) => {
    received += 1;
    if (record.message.includes('dropped')) said.push(record);
  });
  await until('main has caught up', () => received >= 1000 && said.length === 1);
  assert.deepEqual([said[0].level, said[0].fields], ['info', { dropped: 500 }]);
  await until('the actor knows', () => {
    const before = dropped;
    log.write('info', {}, 'y');
    return dropped === before;
  });
  log.close();
});
