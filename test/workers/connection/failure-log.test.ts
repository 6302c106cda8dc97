// What whoever runs the gateway can mend is said, one line a cause in ten seconds; what they cannot is not.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { failureOf } from '../../../src/protocol/failure.js';
import type { Target } from '../../../src/protocol/target.js';
import { targetOfName } from '../../../src/protocol/target.js';
import { type LogRecord, RemoteLog } from '../../../src/threads/log.js';
import { FailureLog } from '../../../src/workers/connection/failure-log.js';

const TARGET = targetOfName('site.test', 443) as Target;

test('a cause is said once in ten seconds, each for itself, with its level and its sentence', async () => {
  const { port1, port2 } = new MessageChannel();
  const said: LogRecord[] = [];
  port2.on('message', (record: LogRecord) => said.push(record));
  const log = new RemoteLog(port1, 'info', () => {});
  const failures = new FailureLog(log);
  failures.failed(failureOf('source-in-use', 'EADDRINUSE'), TARGET, 1000);
  failures.failed(failureOf('source-in-use'), TARGET, 10_999);
  failures.failed(failureOf('proxy-authentication'), TARGET, 1000);
  // Clients cause these all the time.
  failures.failed(failureOf('refused'), TARGET, 1000);
  failures.failed(failureOf('timed-out'), TARGET, 1000);
  failures.failed(failureOf('source-in-use'), TARGET, 11_000);
  log.close();
  await once(port2, 'close');
  assert.deepEqual(
    said.map(({ level, fields }) => [level, fields['cause'], fields['target']]),
    [
      ['warn', 'source-in-use', 'site.test:443'],
      ['warn', 'proxy-authentication', 'site.test:443'],
      ['warn', 'source-in-use', 'site.test:443'],
    ],
  );
  assert.equal(said[0].message, 'the source port of the line is in use');
  assert.equal(said[0].fields['detail'], 'EADDRINUSE');
});
